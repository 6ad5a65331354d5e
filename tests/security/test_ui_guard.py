"""The UI answers its own pages and this machine's programs, and no page of another site: a real server and browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.pipeline.commands import IOMDB, Caller
from tests.pipeline.uis import Ui, find_free_port, wait_for

CHROMIUM = Path("/usr/bin/chromium")
START = (
    'mutation{startSchedule(scheduleSelector:{repositoryLocationName:"iomdb",repositoryName:"__repository__",'
    'scheduleName:"crawl_due_sites"}){__typename}}'
)
DELETE = 'mutation{deletePipelineRun(runId:"x"){__typename}}'
STATE = (
    '{scheduleOrError(scheduleSelector:{repositoryLocationName:"iomdb",repositoryName:"__repository__",'
    'scheduleName:"crawl_due_sites"}){... on Schedule{scheduleState{status}}}}'
)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Caller:
    return Caller(tmp_path_factory.mktemp("ui") / "data")


@pytest.fixture(scope="module")
def ui(caller: Caller) -> Iterator[Ui]:
    """``iomdb dev``, whole: daemon, code server, guarded web server."""
    port, log = find_free_port(), caller.data.parent / "dev.log"
    environment = {**caller.environment, "PYTHONWARNINGS": "default"}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*IOMDB, "dev", "--port", str(port)], stdout=file, stderr=file, env=environment, start_new_session=True
        )
        try:
            wait_for(Ui(port), process, log)
            yield Ui(port)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)


def read_state(ui: Ui) -> str:
    return ui.post(STATE)[1]


def test_a_program_and_the_uis_own_page_are_answered(ui: Ui) -> None:
    assert "STOPPED" in read_state(ui), "a program's POST bears no Origin"
    own = {"Origin": ui.origin, "Sec-Fetch-Site": "same-origin"}
    assert "STOPPED" in ui.post(STATE, own)[1]
    assert ui.ask("GET", "/", {"Sec-Fetch-Site": "none"})[0] == 200
    local = f"localhost:{ui.port}"
    assert ui.ask("GET", "/", {"Host": local})[0] == 200
    assert ui.post(STATE, {"Host": local, "Origin": f"http://{local}"})[0] == 200
    assert "STOPPED" in ui.ask("GET", f"/graphql?query={quote(STATE)}")[2], "a question may be a GET"
    assert ui.open_websocket({"Origin": ui.origin}) == 101
    assert ui.open_websocket({}) == 101


FOREIGN = {
    "another origin": {"Origin": "https://evil.example"},
    "no origin to speak of": {"Origin": "null"},
    "an empty origin": {"Origin": ""},
    "another port of this machine": {"Origin": "http://127.0.0.1:1"},
    "this machine without a port": {"Origin": "http://127.0.0.1"},
    "this machine by its other name": {"Origin": "http://localhost:{port}"},
    "an origin that begins like ours": {"Origin": "http://127.0.0.1:{port}.evil.example"},
    "two origins": {"Origin": "http://127.0.0.1:{port}|https://evil.example"},
    "a page of another site": {"Sec-Fetch-Site": "cross-site"},
    "a page of another port": {"Sec-Fetch-Site": "same-site"},
    "our origin from another site": {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "cross-site"},
    "a name that was turned to this machine": {"Host": "evil.example:{port}"},
    "the same with its own origin": {"Host": "evil.example:{port}", "Origin": "http://evil.example:{port}"},
    "this machine on another port": {"Host": "127.0.0.1:1"},
    "a host without its port": {"Host": "127.0.0.1"},
    "a host with a dot": {"Host": "localhost.:{port}"},
    "a host with a user": {"Host": "127.0.0.1:{port}@evil.example"},
    "two hosts": {"Host": "127.0.0.1:{port}|evil.example"},
    "all addresses": {"Host": "0.0.0.0:{port}"},
    "no host to speak of": {"Host": ""},
    "a host that a proxy would name": {"Host": "evil.example", "X-Forwarded-Host": "127.0.0.1:{port}"},
    "another scheme": {"Origin": "ftp://127.0.0.1:{port}"},
    "two answers to where it comes from": {"Sec-Fetch-Site": "same-origin|cross-site"},
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_a_page_of_another_site_sends_is_refused_and_does_nothing(ui: Ui, name: str) -> None:
    headers = {key: value.format(port=ui.port) for key, value in FOREIGN[name].items()}
    assert ui.post(START, headers)[0] in {400, 403}
    for path in ("/", "/server_info", f"/graphql?query={quote(START)}", f"/graphql?query={quote(STATE)}"):
        assert ui.ask("GET", path, headers)[0] in {400, 403}, path
    assert ui.open_websocket(headers) in {400, 403}
    assert "STOPPED" in read_state(ui)


@pytest.mark.parametrize(
    "document",
    [
        START,
        f"query A{{__typename}} {START.replace('mutation', 'mutation B')}",
        f"# query\n{START}",
        f"\ufeff{START}",
        START.replace("mutation", "mutation M"),
        DELETE,
        "mutation{wipeAssets(assetPartitionRanges:[]){__typename}}",
        'subscription{pipelineRunLogs(runId:"x"){__typename}}',
    ],
)
def test_no_mutation_is_sent_by_get(ui: Ui, document: str) -> None:
    for path in ("/graphql", "/graphql/"):
        for more in ("", "&operationName=B"):
            assert ui.ask("GET", f"{path}?query={quote(document)}{more}")[0] == 403
    assert ui.ask("GET", f"/graphql?x=1&%71uery={quote(document)}")[0] == 403
    assert "STOPPED" in read_state(ui)


@pytest.mark.parametrize(
    "head",
    [
        "GET {path} HTTP/1.1",
        "GET {path} HTTP/1.1\r\nHost : 127.0.0.1:{port}",
        "GET {path} HTTP/1.1\r\nHost:\r\n 127.0.0.1:{port}\r\nhOST: evil.example",
        "GET http://127.0.0.1:{port}{path} HTTP/1.1\r\nHost: evil.example",
        "GET http://evil.example{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}",
        "POST {path} HTTP/1.1\r\nHost: evil.example\r\nX-HTTP-Method-Override: GET\r\nContent-Length: 0",
        "OPTIONS {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}",
    ],
)
def test_no_odd_request_changes_anything(ui: Ui, head: str) -> None:
    sent = head.format(path=f"/graphql?query={quote(START)}", port=ui.port).encode() + b"\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", ui.port), timeout=60) as connection:
        connection.sendall(sent)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.split()[1] in {b"400", b"403", b"404", b"405"}, answer[:200]
    assert "STOPPED" in read_state(ui)


@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"])
def test_a_form_changes_nothing(ui: Ui, form: str) -> None:
    ui.ask("POST", "/graphql", {"Content-Type": form}, f"query={quote(START)}")
    assert "STOPPED" in read_state(ui)


def test_no_page_may_frame_it_and_no_preflight_is_granted(ui: Ui) -> None:
    for path in ("/", "/graphql", "/server_info", "/nothing"):
        headers = ui.ask("GET", path)[1]
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    status, headers, _ = ui.ask("OPTIONS", "/graphql", asked)
    assert status == 403
    assert "access-control-allow-origin" not in headers


def test_a_second_ui_is_read_only_under_a_name_of_its_own_and_says_when_the_port_is_taken(
    ui: Ui, caller: Caller
) -> None:
    taken = caller.call("ui", "--port", str(ui.port), PYTHONWARNINGS="default")
    assert (taken.code, "--port" in taken.err) == (2, True), taken.err
    port = find_free_port()
    process = caller.start("ui", "--port", str(port), "--read-only", "--name", "ui.example", PYTHONWARNINGS="default")
    try:
        second = Ui(port)
        wait_for(second, process, caller.data.parent / "dev.log")
        assert "STOPPED" in second.post(STATE, {"Host": "ui.example", "Origin": "https://ui.example"})[1]
        assert second.post(STATE, {"Host": "other.example"})[0] == 403
        assert "UnauthorizedError" in second.post(START)[1]
        assert "STOPPED" in read_state(ui)
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium at /usr/bin/chromium")
def test_a_browser_uses_the_ui_and_a_page_beside_it_gets_nothing(ui: Ui, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--headless"])
        try:
            page = browser.new_page()
            refused: list[str] = []
            page.on("response", lambda answer: refused.append(answer.url) if answer.status == 403 else None)
            for place in ("assets", "runs", "deployment", "automation"):
                page.goto(f"{ui.origin}/{place}")
            page.get_by_text("crawl_due_sites").first.wait_for(timeout=60_000)
            own = "query => fetch('/graphql', {method: 'POST', headers: {'Content-Type': 'application/json'}, "
            done = page.evaluate(f"{own}body: JSON.stringify({{query}})}}).then(it => it.text())", DELETE)
            assert ("RunNotFoundError" in done, refused) == (True, []), "its own page may do all"
            evil = browser.new_page()
            evil.route(
                "http://evil.example/",
                lambda route: route.fulfill(
                    content_type="text/html",
                    body=f'<img src="{ui.origin}/graphql?query={quote(START)}"><iframe src="{ui.origin}/"></iframe>',
                ),
            )
            evil.goto("http://evil.example/")
            evil.wait_for_timeout(1_000)
            told = evil.evaluate(
                """async ([origin, query]) => {
                    const attempts = [
                        fetch(origin + '/graphql?query=' + encodeURIComponent(query), {mode: 'no-cors'}),
                        fetch(origin + '/graphql', {method: 'POST', body: JSON.stringify({query}), mode: 'no-cors'}),
                        fetch(origin + '/graphql', {method: 'POST', body: JSON.stringify({query}),
                              headers: {'Content-Type': 'application/json'}}),
                        fetch(origin + '/server_info'),
                    ];
                    const ended = await Promise.allSettled(attempts);
                    return ended.map(one => one.status === 'fulfilled' ? one.value.type : 'failed');
                }""",
                [ui.origin, START],
            )
            assert "cors" not in told
            assert "basic" not in told
            assert "STOPPED" in read_state(ui)
            frame = evil.frames[-1]
            assert "crawl_due_sites" not in frame.content()
            assert "Dagster" not in frame.title()
        finally:
            browser.close()
