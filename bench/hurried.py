"""The product's worker in virtual time, to which every clock of the ledger is set: `python -m bench.hurried`."""

import os

import uvloop

import worker
from activities import round as rounds
from bench.virtual import VARIABLE, load

LOOK_SECONDS = 3.0  # a minute would be a month

if __name__ == "__main__":
    vars(rounds).update(LOOK_SECONDS=LOOK_SECONDS)
    # After everything of Temporal's side, and only then: Patrol is not to wait for it, as in the product.
    vars(worker).update(LOADED_LATER=(*worker.LOADED_LATER, "bench.seam"))
    uvloop.run(worker.main(load(os.environ[VARIABLE])))
