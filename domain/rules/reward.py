"""Rewards in fen: fixed, or per cent of the fine with a floor and a cap (安全生产领域举报奖励办法 for work safety)."""

from pydantic import Field

from domain.rules.rule import Part


class Table(Part):
    """How much a report earns: `fixed_fen`, or `percent` of the fine between `floor_fen` and `cap_fen`."""

    title: str
    authority: str
    fixed_fen: int | None = Field(default=None, ge=0)
    percent: int | None = Field(default=None, ge=0, le=100)
    floor_fen: int = Field(default=0, ge=0)
    cap_fen: int | None = Field(default=None, ge=0)
    fine: str = "fine_fen"  # the field with the fine, in fen

    def amount(self, fine_fen: int) -> int:
        """The sum in fen; half a fen is rounded up."""
        if self.fixed_fen is not None:
            return self.fixed_fen
        share = (fine_fen * (self.percent or 0) * 2 + 100) // 200
        return min(max(share, self.floor_fen), self.cap_fen if self.cap_fen is not None else share)
