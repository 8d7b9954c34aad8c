extension Migration {
    /// Every file of `Migrations`, in order. The compiler embeds them under these names but cannot list them; a test
    /// compares this list with the directory.
    package static var all: [Migration] {
        [
            Migration(1, "tenancy", PackageResources.V0001_tenancy_sql),
            Migration(2, "scoring", PackageResources.V0002_scoring_sql),
            Migration(3, "models", PackageResources.V0003_models_sql),
            Migration(4, "execution_logs", PackageResources.V0004_execution_logs_sql),
            Migration(5, "row_security", PackageResources.V0005_row_security_sql),
            Migration(6, "execution_minutes", PackageResources.V0006_execution_minutes_sql),
            Migration(
                7, "change_notes_and_session_use", PackageResources.V0007_change_notes_and_session_use_sql),
            Migration(8, "budgets", PackageResources.V0008_budgets_sql),
            Migration(9, "model_routes", PackageResources.V0009_model_routes_sql),
            Migration(10, "jobs", PackageResources.V0010_jobs_sql),
            Migration(11, "providers", PackageResources.V0011_providers_sql),
            Migration(12, "evaluation_batches", PackageResources.V0012_evaluation_batches_sql),
            Migration(13, "datasets", PackageResources.V0013_datasets_sql),
            Migration(14, "exports", PackageResources.V0014_exports_sql),
            Migration(15, "webhooks", PackageResources.V0015_webhooks_sql),
            Migration(16, "traces", PackageResources.V0016_traces_sql),
            Migration(17, "labels", PackageResources.V0017_labels_sql),
            Migration(18, "evaluator_code", PackageResources.V0018_evaluator_code_sql),
            Migration(19, "judge_samples", PackageResources.V0019_judge_samples_sql),
            Migration(20, "queue_rates", PackageResources.V0020_queue_rates_sql),
            Migration(21, "log_filters", PackageResources.V0021_log_filters_sql),
            Migration(22, "files", PackageResources.V0022_files_sql),
            Migration(23, "prompt_tests", PackageResources.V0023_prompt_tests_sql),
            Migration(24, "temporary_users", PackageResources.V0024_temporary_users_sql),
            Migration(25, "log_indexes", PackageResources.V0025_log_indexes_sql),
            Migration(26, "trace_conditions", PackageResources.V0026_trace_conditions_sql),
            Migration(27, "idempotency", PackageResources.V0027_idempotency_sql),
            Migration(28, "demonstrations", PackageResources.V0028_demonstrations_sql),
            Migration(29, "people", PackageResources.V0029_people_sql),
            Migration(30, "sign_in", PackageResources.V0030_sign_in_sql),
            Migration(31, "key_limits", PackageResources.V0031_key_limits_sql),
            Migration(32, "audit_chain", PackageResources.V0032_audit_chain_sql),
            Migration(33, "identity_providers", PackageResources.V0033_identity_providers_sql),
            Migration(34, "provisioning", PackageResources.V0034_provisioning_sql),
            Migration(35, "retention", PackageResources.V0035_retention_sql),
            Migration(36, "backups", PackageResources.V0036_backups_sql),
            Migration(37, "metadata_signers", PackageResources.V0037_metadata_signers_sql),
            Migration(38, "leases_of_dead_proxies", PackageResources.V0038_leases_of_dead_proxies_sql),
        ]
    }
}
