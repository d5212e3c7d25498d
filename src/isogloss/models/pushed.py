"""A folder as a model repository of a hub: what would be uploaded, and the upload, through huggingface_hub."""

from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import ModelError, SpecError
from isogloss.models.hub import malformed

GIVE_A_TOKEN = (
    "no token: make one with write access on the hub's settings page, then `hf auth login`, or put it into HF_TOKEN."
)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """The files of a folder, with their bytes, and where they would go."""

    repository: str
    endpoint: str
    files: dict[str, int]

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(self.files.values())


def upload(folder: Path, repository: str) -> Upload:
    """What an upload of this folder would be."""
    from huggingface_hub import constants

    files = {str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()}
    return Upload(repository=repository, endpoint=constants.ENDPOINT, files=files)


def check(repository: str) -> None:
    """Raise SpecError for what cannot be the name of a repository."""
    owner, slash, name = repository.partition("/")
    if not (owner and slash and name) or malformed(repository):
        raise SpecError(f"--push {repository}: expected OWNER/NAME, of letters, digits, '-', '_' and '.'.")


def token() -> str | None:
    """The user's own token for the hub, as all of its tools find it: HF_TOKEN, or what `hf auth login` kept."""
    from huggingface_hub import get_token

    return get_token()


def push(folder: Path, planned: Upload, *, private: bool) -> str:
    """Create the repository where it is not there yet, and upload the folder in one commit; returns its address.

    Raises ModelError, with the command that uploads what has been exported, for whatever the hub or the network says.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    api = HfApi(endpoint=planned.endpoint, token=token(), library_name="isogloss")
    try:
        made = api.create_repo(planned.repository, private=private or None, exist_ok=True)
        api.upload_folder(
            repo_id=planned.repository, folder_path=folder, commit_message="Exported by isogloss", repo_type="model"
        )
    except (HfHubHTTPError, OfflineModeIsEnabled, OSError, RuntimeError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise ModelError(
            f"{planned.repository} was not uploaded to {planned.endpoint}: {said}. The folder is exported; once that "
            f"is mended: `hf upload {planned.repository} {folder}`."
        ) from error
    return str(made)
