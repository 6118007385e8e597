"""What a home's cluster.yaml may say, and what is said where it cannot be meant."""

import pytest

from duban.errors import UserError
from duban.home import Home
from duban.wide.cluster import FILE, VARIABLE, Cluster, Tls, load_cluster, storage_of


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    monkeypatch.delenv(VARIABLE, raising=False)
    return Home(tmp_path)


def written(home: Home, text: str) -> Cluster | None:
    (home.root / FILE).write_text(text, encoding="utf-8")
    return load_cluster(home)


def test_without_a_file_a_home_works_alone(home):
    assert load_cluster(home) is None


def test_processes_of_this_machine_share_a_folder_of_the_home(home):
    cluster = written(home, "local: 4\n")
    assert cluster == Cluster(local=4)
    assert storage_of(cluster, home) == str((home.work / "wide").resolve())


def test_a_scheduler_with_certificates_and_an_object_store(home):
    text = """
        scheduler: tls://10.0.0.5:8786
        storage: s3://duban/wide
        storage_options: {endpoint_url: "http://10.0.0.9:9000"}
        files_per_task: 400
        files_at_once: 8000
        tls: {ca: /etc/duban/ca.pem, cert: /etc/duban/centre.pem, key: /etc/duban/centre.key}
    """
    cluster = written(home, text)
    assert cluster == Cluster(
        scheduler="tls://10.0.0.5:8786",
        storage="s3://duban/wide",
        storage_options={"endpoint_url": "http://10.0.0.9:9000"},
        files_per_task=400,
        files_at_once=8000,
        tls=Tls("/etc/duban/ca.pem", "/etc/duban/centre.pem", "/etc/duban/centre.key"),
    )
    assert storage_of(cluster, home) == "s3://duban/wide"


def test_the_environment_may_name_another_file(home, tmp_path, monkeypatch):
    (tmp_path / "elsewhere.yaml").write_text("local: 2\n")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "elsewhere.yaml"))
    assert load_cluster(home) == Cluster(local=2)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "gone.yaml"))
    with pytest.raises(UserError, match="不是文件"):
        load_cluster(home)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("local: 2\nscheduler: tcp://a:1\nstorage: /s\n", "只写一个"),
        ("storage: /s\n", "只写一个"),
        ("local: 0\n", "local"),
        ("local: 2\nworkers: 3\n", "workers"),
        ("scheduler: 10.0.0.5:8786\nstorage: /s\n", "应写作 tcp://主机:8786"),
        ("scheduler: tls://a:1\nstorage: /s\n", "要有 tls"),
        ("scheduler: tcp://a:1\nstorage: /s\ntls: {ca: a, cert: b, key: c}\n", "不能有"),
        ("scheduler: tcp://a:1\n", "要写 storage"),
        ("scheduler: tcp://a:1\nstorage: shared\n", "应为绝对路径"),
        ("local: 2\nstorage: s3://b/p\nstorage_options: {secret: 口令}\n", "AWS_SECRET_ACCESS_KEY"),
        ("local: 2\nstorage: s3://b/p\nstorage_options: {client_kwargs: {aws_session_token: 口令}}\n", "不能写"),
        ("local: [2\n", "YAML"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_that_holds_no_secret(home, text, said):
    with pytest.raises(UserError, match=said) as refused:
        written(home, text)
    assert "口令" not in str(refused.value) and str(refused.value).count("\n") == 0
