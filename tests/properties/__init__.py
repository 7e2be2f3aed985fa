"""Laws that hold in every shop, over random valid scenarios."""
