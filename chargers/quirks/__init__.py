"""The shipped catalogue of makes: data in `catalogue.toml`, read once."""
