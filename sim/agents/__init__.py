"""The steps of each trade. A trade is a generator of minutes; only a person's attention turns them into time."""
