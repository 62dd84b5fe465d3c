"""A made-up charging network with a past, for trying the product out: see `seeding.seed`."""
