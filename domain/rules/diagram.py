"""A procedure as a Mermaid state diagram, from the same data that the engine runs."""

from domain.rules.hat import LEVEL_TITLES, ROLE_TITLES, STANDING, Post
from domain.rules.procedure import Procedure


def mermaid(procedure: Procedure) -> str:
    """The diagram's text, ending with a newline; stages in Chinese with holder and clocks, actions on the arrows."""
    lines = ["stateDiagram-v2"]
    for branch in procedure.intake.stage:
        condition = "（视情形）" if branch.when else ""
        lines.append(f"    [*] --> {branch.stage}: {procedure.intake.title}{condition}")
    for name, stage in procedure.stages.items():
        lines.append(f"    {name}: {stage.title}{_under(procedure, name)}")
    for action in procedure.actions.values():
        for source in action.from_:
            for branch in action.to:
                if branch.stage != source:
                    condition = "（视情形）" if branch.when else ""
                    lines.append(f"    {source} --> {branch.stage}: {action.title}{condition}")
            if not action.to and not action.verb:  # the shared verbs would hide the way
                lines.append(f"    {source} --> {source}: {action.title}")
    lines += [
        f"    {name} --> {target}: {procedure.clocks[clock].title}届满"
        for name, stage in procedure.stages.items()
        for clock in stage.clocks
        if (target := procedure.clocks[clock].lapses_to)
    ]
    lines += [f"    {name} --> [*]" for name, stage in procedure.stages.items() if stage.closed]
    return "\n".join(lines) + "\n"


def _under(procedure: Procedure, name: str) -> str:
    stage = procedure.stages[name]
    holder = f"<br/>{post_title(stage.holder)}" if stage.holder else ""
    clocks = "、".join(f"{procedure.clocks[c].title} {procedure.clocks[c].limit}" for c in stage.clocks)
    return holder + (f"<br/>{clocks}" if clocks else "")


def post_title(text: str) -> str:
    """A post in words: 乡镇调度员."""
    post = Post.parse(text)
    if post.role in STANDING:
        return STANDING[post.role]
    return f"{LEVEL_TITLES.get(post.level or '', '')}{ROLE_TITLES[post.role]}"
