"""arXiv: no key; one request every three seconds over one connection."""

from isogloss.core.database import Database, Terms
from isogloss.core.record import Query
from isogloss.formats import arxiv_atom


def first(query: Query) -> dict[str, str]:
    """Any of the words anywhere, nearest first: all of a question's words at once find nothing."""
    words = " OR ".join(f"all:{word}" for word in query.terms.split())
    if query.years:
        words = f"({words}) AND submittedDate:[{query.years[0]}01010000 TO {query.years[1]}12312359]"
    return {"search_query": words, "start": "0", "max_results": "100", "sortBy": "relevance"}


SOURCE = Database(
    name="arxiv",
    title="arXiv",
    base="https://export.arxiv.org",
    path="/api/query",
    first=first,
    read=arxiv_atom.page,
    page=100,
    terms=Terms(
        interval=3.0,
        licence="metadata CC0 1.0; papers under their own licences",
        note="slices of at most 2,000, 30,000 in all; results change once a day",
        read="arXiv API terms of use",
    ),
)
