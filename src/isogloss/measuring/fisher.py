"""What a labelled task asks of an encoder's weights: squared gradients, the diagonal of the Fisher information."""

import torch
from torch.nn import functional

from isogloss.core.errors import DataError
from isogloss.core.typing import Float, Int, np
from isogloss.evaluation.baselines.linear import Logistic
from isogloss.models.embedding import LENGTH, View
from isogloss.models.encoder import Encoder
from isogloss.models.features import Feature, collate, pair_row
from isogloss.models.heads import limit_of
from isogloss.models.pooling import pool, weights_for

EXAMPLES = 32


def fisher(
    encoder: Encoder,
    texts: list[tuple[str, str]],
    labels: Int[np.ndarray, "n"],
    vectors: Float[np.ndarray, "n d"],
    view: View,
) -> Float[np.ndarray, "k p"]:
    """Squared gradients of the log-likelihood, for the first 32 examples, averaged within each unit's weights.

    The head is a logistic regression on the frozen vectors of all examples (Achille et al. 2019 train one as well).
    Layers above the view's, and the embeddings, take no part. Raises DataError for no labels.
    """
    if not len(labels):
        raise DataError("Fisher information needs labelled examples.")
    head = Logistic(vectors - vectors.mean(axis=0), [f"{label:06d}" for label in labels])
    weights = torch.tensor(head.weights, dtype=torch.float32)
    centre = torch.tensor(vectors.mean(axis=0), dtype=torch.float32)
    subwords, length = encoder.subwords, min(LENGTH, limit_of(encoder))
    part = texts[:EXAMPLES]
    firsts, seconds = subwords.ids([first for first, _ in part]), subwords.ids([second for _, second in part])
    counted = weights_for(encoder, view.pooling)
    trained = [each for name, each in encoder.model.named_parameters() if "embeddings" not in name]
    encoder.model.eval()
    squares = []
    for row, (first, second) in enumerate(zip(firsts, seconds, strict=True)):
        ids, start = pair_row(subwords.frame, first, second if len(second) else None, length)
        batch = collate([Feature(row, (ids,), (start,))], subwords.pad, encoder.model.device)
        states = encoder.states(batch.ids, batch.mask, batch.segments, view.layer)
        pooled = pool(states.float(), batch.mask, view.pooling, None if counted is None else counted[batch.ids])
        logits = (pooled - centre) @ weights[:-1] + weights[-1]
        target = torch.tensor([int(labels[row])])
        gradients = torch.autograd.grad(functional.cross_entropy(logits, target), trained, allow_unused=True)
        squares.append(torch.cat([_by_unit(each) for each in gradients if each is not None]).double().numpy())
    return np.stack(squares)


def _by_unit(gradient: torch.Tensor) -> torch.Tensor:
    squared = gradient * gradient
    return squared.mean(dim=1) if squared.dim() > 1 else squared
