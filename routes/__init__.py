"""HTTP, one module per resource. Outcomes and refusals leave here as codes; only api.py turns them into statuses."""
