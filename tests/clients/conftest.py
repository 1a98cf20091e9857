"""Fixtures of the client scenarios, and the table they write."""

import inspect

import pytest

from harness.calls import Calls
from harness.server import Server, printed
from harness.table import PAGE, Results, difference
from harness.talk import COLUMNS, Talk
from harness.world import World

SERVER_LOG_LINES = 15
CLIENT_LOG_LINES = 60
RESULTS = pytest.StashKey[Results]()
CALLS = pytest.StashKey[Calls]()


def pytest_addoption(parser):
    parser.addoption("--clients-table", choices=["check", "write", "ignore"], default="check",
                     help="compare docs/clients.md with what the run saw, write it, or leave it alone")


@pytest.fixture(scope="session")
async def worlds(tmp_path_factory, pytestconfig):
    """Servers by bus, each started when first asked for."""
    made, calls = {}, pytestconfig.stash[CALLS]
    calls.learn(await printed("methods"))

    async def world(bus):
        if bus not in made:
            server = Server(tmp_path_factory.mktemp("server") / "data", bus, calls)
            await server.start()
            made[bus] = World(server, tmp_path_factory.mktemp("sessions"))
        return made[bus]

    yield world
    for one in made.values():
        await one.close()
        assert await one.server.stop() == 0, "SIGTERM did not end the server cleanly"
        assert not one.server.panics, one.server.panics


def pytest_generate_tests(metafunc):
    """Every scenario in every column that plays it, a column at a time."""
    if "talk" in metafunc.fixturenames:
        test = metafunc.definition
        marks = {mark.name for mark in test.iter_markers()}
        columns = [column for column in COLUMNS if column.plays(test.originalname, marks)]
        metafunc.parametrize("talk", columns, ids=str, indirect=True, scope="session")


@pytest.fixture(scope="session")
async def talk(request, worlds):
    column = request.param
    if reason := column.impossible():
        pytest.skip(reason)
    made = Talk(await worlds(column.bus), column)
    await made.begin()
    yield made
    await made.end()


def title_and_column(item):
    title = inspect.getdoc(item.obj).splitlines()[0].rstrip(".")
    column = item.callspec.params.get("talk") if hasattr(item, "callspec") else None
    return title, COLUMNS.index(column) + 1 if column else None


def pytest_configure(config):
    config.stash[RESULTS] = Results()
    config.stash[CALLS] = Calls()


def pytest_itemcollected(item):
    item.config.stash[RESULTS].expected(*title_and_column(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" or report.failed:
        item.config.stash[RESULTS].note(*title_and_column(item), report.passed)
    if report.skipped:
        item.config.stash[RESULTS].skip(*title_and_column(item))
    if report.failed and "talk" in getattr(item, "funcargs", {}):
        world = item.funcargs["talk"].world
        report.sections.append(("server log", "\n".join(world.server.log[-SERVER_LOG_LINES:])))
        for name, driver in world.drivers.items():
            report.sections.append((f"{name} log", "\n".join(driver.log[-CLIENT_LOG_LINES:])))
    return report


def pytest_sessionfinish(session):
    if session.config.stash[CALLS].wrong():
        session.exitstatus = 1
    results = session.config.stash[RESULTS]
    mode = session.config.getoption("--clients-table")
    if mode == "ignore" or not results.cells or not results.complete():
        return
    if mode == "write":
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(results.page())
    elif difference(results.page()):
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter, config):
    calls = config.stash[CALLS]
    if calls.seen:
        terminalreporter.section("methods called")
        for line in calls.summary():
            terminalreporter.write_line(line)
    results = config.stash[RESULTS]
    if config.getoption("--clients-table") == "check" and results.cells and results.complete():
        for line in difference(results.page()):
            terminalreporter.write_line(line)
