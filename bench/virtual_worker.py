"""The product's worker in virtual time, to which every clock of the ledger is set: `python -m bench.virtual_worker`."""

import os

import uvloop

import worker
from bench.virtual import VARIABLE, load
from keepers import rounds

LOOK_SECONDS = 3.0  # a minute would be a month

if __name__ == "__main__":
    vars(rounds).update(LOOK_SECONDS=LOOK_SECONDS)
    # After everything of Temporal's side, and only then: Patrol is not to wait for it, as in the product.
    vars(worker).update(LOADED_LATER=(*worker.LOADED_LATER, "bench.virtual_temporal"))
    uvloop.run(worker.main(load(os.environ[VARIABLE])))
