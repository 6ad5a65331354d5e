"""What was tried against the first build, what must happen, what fell, and which tests of the suite show it.

Belongs here: each attack of that round, by rows of one kind with how many they were. What was tried later stands in the
tests that a row names. Each that fell was run again on the first build (the reader as it was before its first bound).
"""

from __future__ import annotations

from typing import NamedTuple


class Fell(NamedTuple):
    """One attack that was not held. ``kind`` is what let it in, ``did`` what the first build did."""

    kind: str
    tried: str
    did: str


class Attack(NamedTuple):
    """``number`` attacks of one row, those among them that fell, and the ``file::test`` below ``tests/`` for all."""

    tried: str
    number: int
    must: str
    shown_by: tuple[str, ...]
    fell: tuple[Fell, ...] = ()


FORGERY, BROWSER, IDENTITY, UNASKED = (
    "a switch with exceptions",
    "loopback is no border",
    "one id, two readings",
    "no guard",
)
GROWTH, DATES, PERSONAL, ODD_FILES = "one long sentence", "two doors, one lock", "a person's fields", "opened unknown"
TRACES, EMBEDDED, UNBOUNDED, CRASHES = "a list of titles", "IPv4 in IPv6", "no bound", "functions that crash"
CLAIMS, SMALL = "claims that nobody saw", "small"
"""The fourteen kinds."""

HONEST = (
    "warehouse/read/test_cookbook.py::test_the_question_has_the_answer_of_the_eight_weeks",
    "warehouse/read/test_cookbook_page.py::test_the_python_examples_of_the_page_run",
    "warehouse/read/test_cookbook_page.py::test_pandas_and_polars_read_the_same_money_as_sql",
    "demo/test_questions.py::test_the_page_of_the_docs_has_the_questions_with_these_answers",
    "security/test_ui_guard.py::test_a_browser_uses_the_ui_and_a_page_beside_it_gets_nothing",
)
"""What the guard must not cost anybody: questions of cookbook and docs, frames in Python, the UI's own use."""

DEPLOYMENT = (
    "pipeline/test_deployment.py::"
    "test_the_base_is_pinned_by_digest_and_the_image_is_hashed_not_root_and_keeps_data_and_sites_on_the_volume"
)
CHARSET = (
    "pipeline/test_handed_over.py::"
    "test_a_capture_that_is_handed_over_again_under_another_charset_is_told_and_reads_as_before"
)
OLD_RUNS = (
    "pipeline/test_handed_over.py::test_of_two_old_runs_that_hold_one_capture_otherwise_publish_doctor_and_fsck_tell"
)
BUDGET = (
    "pipeline/test_handed_over.py::test_a_budget_that_only_an_import_states_is_told_by_publish_and_doctor_and_marked"
)
# fmt: off
ATTACKS = [
    Attack(
        "redirects to inner addresses in 28 forms",
        28, "no request leaves the site",
        (
            "crawler/test_crawl_faults.py::test_a_redirect_to_an_inner_address_in_any_form_asks_nobody",
            "crawler/archive/test_writing.py::test_a_hostile_url_cannot_end_a_header",
        ),
    ),
    Attack(
        "sitemaps with entities, foreign addresses, without end; robots.txt with sitemaps elsewhere",
        8, "nothing foreign is asked, and it costs no more than its budget",
        (
            "crawler/test_crawl_sources.py::test_a_hostile_sitemap_names_nothing_and_costs_nothing",
            "crawler/test_crawl_politeness.py::test_of_an_endless_robots_txt_the_first_half_megabyte_counts",
        ),
    ),
    Attack(
        "hosts of a site file that are inner addresses, in nine forms",
        9, "refused",
        ("crawler/test_site.py::test_hosts_are_plain_names_met_once",),
    ),
    Attack(
        "names that stand for inner addresses, also embedded and reserved IPv6",
        6, "refused before the socket",
        (
            "crawler/test_ip_addresses.py::test_an_address_of_no_public_network_is_refused_in_every_form",
            "crawler/test_ip_addresses.py::test_a_name_of_inner_addresses_alone_is_refused_before_the_socket",
            "crawler/test_crawl_faults.py::test_a_name_that_stands_for_a_private_address_is_not_asked",
        ), (
            Fell(EMBEDDED, "64:ff9b::a00:5 and 64:ff9b:1::a00:5, NAT64 of 10.0.0.5", "taken for public"),
            Fell(EMBEDDED, "fec0::5, site-local", "taken for public"),
            Fell(EMBEDDED, "::127.0.0.1 and ::ffff:0:127.0.0.1", "taken for public"),
        ),
    ),
    Attack(
        "charsets that are none, bombs in codings",
        22, "bounded, no exception",
        (
            "crawler/test_crawl_memory.py::test_bombs_endless_bodies_and_5000_headers_stay_under_600_megabytes",
            "crawler/test_decoding.py::test_a_bomb_is_unpacked_no_further_than_the_limit",
            "crawler/test_imported_warc.py::test_a_label_that_is_no_charset_costs_its_own_page_alone",
        ),
    ),
    Attack(
        "a hundred and more units, repeated in titles, texts, labels and values",
        7, "no worse than n log n; a page larger than any is quarantined",
        (
            "extractor/test_growth.py::test_four_times_as_much_of_anything_costs_about_four_times",
            "extractor/test_growth.py::test_what_once_took_minutes_ends_at_once",
            "extractor/test_growth.py::test_a_page_with_more_than_any_page_has_is_quarantined_and_says_so",
        ), (
            Fell(GROWTH, "a sentence of “Mr. Aa ” behind a text of markup", "3.2 s for 7 KB, four times for twice"),
            Fell(GROWTH, "the same as its first words", "1.8 s for 7 KB, four times for twice"),
            Fell(GROWTH, "the same in a line of a plain text", "1.8 s for 7 KB, four times for twice"),
        ),
    ),
    Attack(
        "WARC and WACZ files that lie, slip or explode",
        21, "read in place, refused by name",
        (
            "crawler/test_imported_warc.py::test_a_wacz_writes_nothing_outside_whatever_its_names_say",
            "crawler/test_imported_warc.py::test_a_wacz_that_unpacks_to_a_hundred_times_its_size_is_refused",
            "crawler/test_imported_warc.py::test_a_wacz_that_is_damaged_or_lies_is_named",
        ),
    ),
    Attack(
        "the same capture handed over with another charset, status or type",
        22, "the first reading stays, and it is told",
        (
            "crawler/test_imported_again.py::test_the_same_capture_read_otherwise_is_told_and_the_first_stays",
            CHARSET,
            OLD_RUNS,
        ), (
            Fell(
                IDENTITY,
                "the same date and bytes, windows-1251 declared",
                "published “Harbour cafй lit”, told by nobody",
            ),
        ),
    ),
    Attack(
        "folders that lead out, wait, never end, are dated in years to come, bear passwords and contacts",
        23, "refused in a few lines, or cut and told",
        (
            "crawler/test_door.py::test_what_is_no_regular_file_of_the_folder_is_refused_and_never_waited_for",
            "crawler/test_door.py::test_a_manifest_that_is_a_bomb_is_refused_in_a_moment_and_in_few_words",
            "crawler/test_door.py::test_a_date_after_tomorrow_is_refused",
            "crawler/test_door.py::test_no_password_and_no_token_of_an_address_is_kept_from_either_door",
            "pipeline/test_handed_over.py::test_no_password_token_or_contact_of_a_manifest_is_published",
        ), (
            Fell(DATES, "captured_at = 9998-12-31", "published, dated 9998"),
            Fell(DATES, "received_at = 2099-01-01", "published, dated 2099"),
            Fell(PERSONAL, "user:s3cretpw@ in an address", "published in v1.fetches"),
            Fell(PERSONAL, "an e-mail address and a number in notes", "published in v1.fetches"),
            Fell(ODD_FILES, "a pipe as a page", "waited for ever"),
            Fell(ODD_FILES, "a pipe as the manifest", "waited for ever"),
            Fell(ODD_FILES, "a manifest that links to an endless device", "read on until it was stopped"),
            Fell(ODD_FILES, "fifty thousand brackets", "RecursionError and a traceback"),
            Fell(ODD_FILES, "a key of sixteen thousand parts", "over a minute, its time the square of its length"),
        ),
    ),
    Attack(
        "claims handed over that no crawl saw: a foreign host, any date",
        3, "told, and marked as handed over",
        (BUDGET, "pipeline/test_handed_over.py::test_a_title_that_no_crawl_around_it_has_is_told_whatever_its_date"),
        (
            Fell(CLAIMS, "another title and budget, dated 2010", "an edit in the record, told by nobody"),
            Fell(
                CLAIMS, "a budget of 999,999,999.00, dated after the crawls", "published, told by nobody; verify agreed"
            ),
        ),
    ),
    Attack(
        "SQL that writes, reads files, reaches the network or settings, hides SQL in texts, ends the program",
        113, "refused, on DuckDB 1.5 and 2.0",
        (
            "security/test_sql_door.py::test_every_way_out_is_closed_and_every_honest_question_is_answered",
            "security/test_published_file.py::test_what_is_not_as_it_was_published_is_told_by_doctor_and_status",
            "warehouse/test_query.py::test_no_way_leads_out_of_the_published_file",
        ), (
            Fell(FORGERY, "COPY to the published file as CSV", "the file was overwritten, exit 0"),
            Fell(FORGERY, "COPY of a blob to it", "the file was replaced by a forged one; the doctor was silent"),
            Fell(FORGERY, "COPY to its .wal", "a file lay beside it"),
            Fell(FORGERY, "COPY to its .wal.checkpoint", "a file lay beside it"),
            Fell(CRASHES, "FROM pandas_scan(NULL)", "ended by signal 11"),
            Fell(CRASHES, "CALL enable_logging to a file, and its end", "ended by signal 6"),
        ),
    ),
    Attack(
        "results without end, queries that take the machine, outputs that take nothing more",
        4, "bounded, one sentence",
        (
            "security/test_sql_command.py::test_a_query_keeps_within_its_memory_and_says_so_in_one_sentence",
            "security/test_sql_command.py::test_rows_are_streamed_in_little_memory_up_to_the_limit",
        ), (
            Fell(UNBOUNDED, "sixty million rows as CSV", "held in memory at once: 3.9 GB for a fifth of them"),
            Fell(UNBOUNDED, "memory and temporary disk", "80 % of the machine's memory, 90 % of the data's disk"),
        ),
    ),
    Attack(
        "outputs onto the data folder, files of others, links, pipes, devices, a full disk",
        7, "refused",
        (
            "pipeline/cli/test_targets.py::test_nothing_of_the_data_folder_is_written_to_with_or_without_force",
            "pipeline/cli/test_targets.py::test_links_pipes_and_devices_are_refused_with_and_without_force",
            "pipeline/cli/test_targets.py::test_what_exists_is_replaced_with_force_alone_and_a_folder_of_others_never",
            "security/test_sql_command.py::test_a_full_disk_behind_standard_output_is_one_sentence",
        ), (
            Fell(UNASKED, "report -o on a manifest of the archive", "overwritten, exit 0"),
            Fell(UNASKED, "report -o on a file of one's own", "overwritten, exit 0"),
            Fell(UNASKED, "sql -o on a link, dangling or with --force", "wrote through it"),
            Fell(UNASKED, "sql -o on the published file with --force", "replaced it"),
        ),
    ),
    Attack(
        "the UI by a page of another site: GET mutations, Origin, Host, WebSocket, frames, forms, preflight",
        17, "refused; its own pages and programs are answered",
        (
            "security/test_ui_guard.py::test_what_a_page_of_another_site_sends_is_refused_and_does_nothing",
            "security/test_ui_guard.py::test_no_mutation_is_sent_by_get",
            "security/test_ui_guard.py::test_no_page_may_frame_it_and_no_preflight_is_granted",
            "security/test_ui_guard.py::test_a_browser_uses_the_ui_and_a_page_beside_it_gets_nothing",
        ), (
            Fell(BROWSER, "startSchedule by GET of another origin", "running"),
            Fell(BROWSER, "stopRunningSchedule by GET", "executed"),
            Fell(BROWSER, "launchRun by GET", "a run was launched"),
            Fell(BROWSER, "deletePipelineRun by GET", "executed"),
            Fell(BROWSER, "wipeAssets by GET", "wiped"),
            Fell(BROWSER, "Host: evil.example", "answered"),
            Fell(BROWSER, "a WebSocket of another origin", "accepted"),
            Fell(BROWSER, "a frame around it", "nothing forbade it"),
        ),
    ),
    Attack(
        "modes of contacts, secrets, sockets",
        4, "their owner alone, or told",
        (
            "pipeline/health/test_doctor.py::test_private_contacts_that_others_can_reach_are_a_problem",
            "security/test_personal_data.py::test_secrets_that_others_can_read_are_told_with_the_command_that_mends_it",
            "security/test_personal_data.py::test_dagsters_sockets_and_state_are_their_owners_alone_whatever_the_umask",
        ),
        (Fell(SMALL, "alerts.toml and the token it names, open to all", "no finding of the doctor"),),
    ),
    Attack(
        "formulas in CSV, headings and Excel; markup in the report",
        8, "text only",
        (
            "warehouse/test_export.py::test_csv_neutralises_formulas_and_the_warehouse_keeps_them",
            "warehouse/test_export.py::test_excel_has_texts_and_no_formula_and_says_where_it_cut",
            "security/test_sql_command.py::test_a_heading_that_a_spreadsheet_would_run_gets_an_apostrophe",
            "pipeline/report/test_hostile.py::test_hostile_text_stays_text_on_every_page",
        ),
    ),
    Attack(
        "escapes of the terminal, hidden and reversing characters in ten commands",
        10, "shown",
        (
            "pipeline/cli/test_analysis.py::test_archived_text_never_acts_on_the_terminal",
            "pipeline/test_printable.py::test_nothing_that_is_shown_acts_on_a_terminal",
        ),
    ),
    Attack(
        "secrets of alarms in what doctor and status say and in faulty settings",
        7, "never said",
        ("security/test_personal_data.py::test_no_secret_of_an_alarm_is_said_or_kept_whatever_is_wrong_with_it",),
    ),
    Attack(
        "e-mail addresses and telephone numbers in texts, fields and addresses",
        15, "withheld",
        (
            "security/test_personal_data.py::test_no_contact_in_an_address_is_published_and_two_pages_stay_two",
            "pipeline/report/test_quotes.py::test_contacts_are_withheld_in_every_line",
        ), (
            Fell(SMALL, "an e-mail address in the path of an address", "published"),
            Fell(SMALL, "a telephone number in the query of an address", "published"),
        ),
    ),
    Attack(
        "what a purge leaves, and a purged page that is handed over again",
        12, "nothing is left, and it stays out",
        ("security/test_purge_traces.py::test_no_word_and_no_digest_of_a_purged_page_is_left_and_it_stays_out",),
        (
            Fell(TRACES, "id, money and countries in Dagster's record", "stayed"),
            Fell(TRACES, "a title of five letters in Dagster's record", "stayed"),
            Fell(TRACES, "the page handed over again", "published in v1.news again"),
        ),
    ),
    Attack(
        "supply: what is installed, the image, what a release is made of",
        8, "pinned, listed",
        (DEPLOYMENT, "security/test_bill.py::test_a_data_release_has_the_bill_beside_it_and_verifies"),
        (Fell(SMALL, "the base image", "by a tag, that may be another tomorrow"),),
    ),
]
# fmt: on
