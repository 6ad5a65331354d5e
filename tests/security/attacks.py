"""What was tried against the first build, what must happen, and which tests of the suite show it."""

from __future__ import annotations

from typing import NamedTuple


class Attack(NamedTuple):
    """``shown_by`` are ``file::test`` below ``tests/``."""

    tried: str
    must: str
    shown_by: tuple[str, ...]


DEPLOYMENT = (
    "pipeline/test_deployment.py::"
    "test_the_base_is_pinned_by_digest_and_the_image_is_hashed_not_root_and_keeps_data_and_sites_on_the_volume"
)
ATTACKS = [
    Attack(
        "redirects to inner addresses in 28 forms, names that stand for them, embedded and reserved IPv6",
        "no request leaves the site",
        (
            "crawler/test_ip_addresses.py::test_a_name_of_inner_addresses_alone_is_refused_before_the_socket",
            "crawler/test_crawl_faults.py::test_a_name_that_stands_for_a_private_address_is_not_asked",
            "crawler/archive/test_writing.py::test_a_hostile_url_cannot_end_a_header",
        ),
    ),
    Attack(
        "sitemaps with entities, foreign addresses, without end; robots.txt without end",
        "nothing foreign is asked, and it costs no more than its budget",
        (
            "crawler/test_crawl_sources.py::test_a_hostile_sitemap_names_nothing_and_costs_nothing",
            "crawler/test_crawl_politeness.py::test_of_an_endless_robots_txt_the_first_half_megabyte_counts",
        ),
    ),
    Attack(
        "bombs, codings, charsets that are none",
        "bounded, no exception",
        (
            "crawler/test_crawl_memory.py::test_bombs_endless_bodies_and_5000_headers_stay_under_600_megabytes",
            "crawler/test_decoding.py::test_a_bomb_is_unpacked_no_further_than_the_limit",
        ),
    ),
    Attack(
        "WACZ files that lie, slip or explode",
        "read in place, refused by name",
        (
            "crawler/test_imported_warc.py::test_a_wacz_writes_nothing_outside_whatever_its_names_say",
            "crawler/test_imported_warc.py::test_a_wacz_that_unpacks_to_a_hundred_times_its_size_is_refused",
        ),
    ),
    Attack(
        "SQL that writes, reads files, reaches the network or settings, hides SQL in texts, ends the program",
        "refused, on DuckDB 1.5 and 2.0",
        (
            "security/test_sql_door.py::test_every_way_out_is_closed_and_every_honest_question_is_answered",
            "warehouse/test_query.py::test_no_way_leads_out_of_the_published_file",
        ),
    ),
    Attack(
        "queries that take the machine, outputs that take nothing more, a file that another holds",
        "bounded, one sentence",
        (
            "security/test_sql_command.py::test_a_query_keeps_within_its_memory_and_says_so_in_one_sentence",
            "security/test_sql_command.py::test_rows_are_streamed_in_little_memory_up_to_the_limit",
            "security/test_sql_command.py::test_a_full_disk_behind_standard_output_is_one_sentence",
            "security/test_sql_command.py::test_a_file_that_another_program_holds_is_told_with_what_to_do",
        ),
    ),
    Attack(
        "outputs onto the data folder, files of others, links, pipes, devices",
        "refused",
        (
            "pipeline/cli/test_targets.py::test_nothing_of_the_data_folder_is_written_to_with_or_without_force",
            "pipeline/cli/test_targets.py::test_links_pipes_and_devices_are_refused_with_and_without_force",
        ),
    ),
    Attack(
        "a forged published file",
        "told by doctor and status",
        ("security/test_published_file.py::test_what_is_not_as_it_was_published_is_told_by_doctor_and_status",),
    ),
    Attack(
        "the UI by a page of another site: GET mutations, Origin, Host, WebSocket, frames, forms, preflight",
        "refused; its own pages and programs are answered",
        (
            "security/test_ui_guard.py::test_what_a_page_of_another_site_sends_is_refused_and_does_nothing",
            "security/test_ui_guard.py::test_no_mutation_is_sent_by_get",
            "security/test_ui_guard.py::test_a_browser_uses_the_ui_and_a_page_beside_it_gets_nothing",
        ),
    ),
    Attack(
        "modes of contacts, secrets, sockets",
        "their owner alone, or told",
        (
            "pipeline/health/test_doctor.py::test_private_contacts_that_others_can_reach_are_a_problem",
            "security/test_personal_data.py::test_secrets_that_others_can_read_are_told_with_the_command_that_mends_it",
            "security/test_personal_data.py::test_dagsters_sockets_and_state_are_their_owners_alone_whatever_the_umask",
        ),
    ),
    Attack(
        "formulas in CSV, headings and Excel; markup in the report",
        "text only",
        (
            "warehouse/test_export.py::test_csv_neutralises_formulas_and_the_warehouse_keeps_them",
            "warehouse/test_export.py::test_excel_has_texts_and_no_formula_and_says_where_it_cut",
            "security/test_sql_command.py::test_a_heading_that_a_spreadsheet_would_run_gets_an_apostrophe",
            "pipeline/report/test_hostile.py::test_hostile_text_stays_text_on_every_page",
        ),
    ),
    Attack(
        "escapes of the terminal, hidden and reversing characters",
        "shown",
        (
            "pipeline/cli/test_analysis.py::test_archived_text_never_acts_on_the_terminal",
            "pipeline/test_printable.py::test_nothing_that_is_shown_acts_on_a_terminal",
        ),
    ),
    Attack(
        "e-mail addresses and telephone numbers in texts and addresses",
        "withheld",
        (
            "security/test_personal_data.py::test_an_e_mail_in_an_address_is_withheld_and_two_pages_stay_two",
            "pipeline/report/test_quotes.py::test_contacts_are_withheld_in_every_line",
        ),
    ),
    Attack(
        "what a purge leaves, and a purged page that is handed over again",
        "nothing is left, and it stays out",
        ("security/test_purge_traces.py::test_no_word_and_no_digest_of_a_purged_page_is_left_and_it_stays_out",),
    ),
    Attack(
        "supply: what is installed, the image, what a release is made of",
        "pinned, listed",
        (
            DEPLOYMENT,
            "security/test_bill.py::test_a_data_release_has_the_bill_beside_it_and_verifies",
        ),
    ),
    Attack(
        "regular expressions: a hundred and more units, repeated in titles, texts, labels and values",
        "no worse than n log n; a page larger than any is quarantined",
        (
            "extractor/test_growth.py::test_twice_as_much_of_anything_costs_about_twice_as_much",
            "extractor/test_growth.py::test_what_once_took_minutes_ends_at_once",
            "extractor/test_growth.py::test_a_page_with_more_than_any_page_has_is_quarantined_and_says_so",
        ),
    ),
    Attack(
        "folders that lead out, wait, never end, are dated in years to come, bear passwords and contacts",
        "refused in a few lines, or cut and told",
        (
            "crawler/test_door.py::test_what_is_no_regular_file_of_the_folder_is_refused_and_never_waited_for",
            "crawler/test_door.py::test_a_manifest_that_is_a_bomb_is_refused_in_a_moment_and_in_few_words",
            "crawler/test_door.py::test_a_date_after_tomorrow_is_refused",
            "crawler/test_door.py::test_no_password_and_no_token_of_an_address_is_kept_from_either_door",
            "pipeline/test_handed_over.py::test_no_password_token_or_contact_of_a_manifest_is_published",
        ),
    ),
    Attack(
        "the same capture handed over with another charset, status or type",
        "the first reading stays, and it is told",
        (
            "crawler/test_imported_again.py::test_the_same_capture_read_otherwise_is_told_and_the_first_stays",
            (
                "pipeline/test_handed_over.py::"
                "test_a_capture_that_is_handed_over_again_under_another_charset_is_told_and_reads_as_before"
            ),
        ),
    ),
    Attack(
        "a claim handed over that no crawl saw: budget, title, any date",
        "told, and marked as handed over",
        (
            (
                "pipeline/test_handed_over.py::"
                "test_a_budget_that_only_an_import_states_is_told_by_publish_and_doctor_and_marked"
            ),
            "pipeline/test_handed_over.py::test_a_title_that_no_crawl_around_it_has_is_told_whatever_its_date",
        ),
    ),
]
