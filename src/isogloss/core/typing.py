"""Array types for annotations: `Float[np.ndarray, "n d"]` states dtype family and shape; tests check them."""

import numpy as np
from jaxtyping import Bool, Float, Int

__all__ = ["Bool", "Float", "Int", "np"]
