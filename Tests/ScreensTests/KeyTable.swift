import Screens
import Testing

/// A key table as tests and the manual page need it.
struct KeyTable: CustomTestStringConvertible {
    let name: String
    let help: [KeyHelp]

    var testDescription: String { name }

    init<Command>(_ name: String, _ table: [Binding<Command>]) {
        self.name = name
        help = table.map(KeyHelp.init)
    }

    private init(_ name: String, help: [KeyHelp]) {
        self.name = name
        self.help = help
    }

    private static func of<S: Screen>(_ name: String, _ type: S.Type) -> KeyTable { KeyTable(name, S.bindings) }

    /// The tables of all screens.
    static let screens = [
        of("Dashboard", DashboardScreen.self), of("Executions", ExecutionsScreen.self),
        of("One execution", ExecutionScreen.self),
        of("Exports", ExportsScreen.self), of("One export", ExportScreen.self),
        of("Two executions compared", CompareScreen.self), of("A plan that is carried out", PlanScreen.self),
        of("Evaluators", ItemsScreen.self), of("One evaluator or judge", ItemScreen.self),
        KeyTable("Trying an evaluator or a judge", TrialKeys.bindings), of("One version", VersionScreen.self),
        of("Two versions", DiffScreen.self), of("Editing", EditScreen.self), of("Importing", ImportScreen.self),
        of("Queues", QueuesScreen.self), of("One queue", QueueScreen.self), of("Jobs", JobsScreen.self),
        of("One job", JobScreen.self), of("What was given up", DeadLettersScreen.self),
        of("Batches", BatchesScreen.self), of("One batch", BatchScreen.self), of("Workers", WorkersScreen.self),
        of("One worker", WorkerScreen.self), of("Schedules", SchedulesScreen.self),
        of("Providers", ProvidersScreen.self), of("One provider", ProviderScreen.self),
        of("Models", ModelsScreen.self), of("One model", ModelScreen.self), of("A test call", TestCallScreen.self),
        of("A server that was tried", ProbeScreen.self), of("Prices", PricesScreen.self),
        of("Budgets", BudgetsScreen.self), of("Spending", SpendingScreen.self),
        KeyTable("Filling in a form", FormKeys.bindings), KeyTable("Picking names in a form", NamePicker.bindings),
        of("Projects", ProjectsScreen.self),
        of("People", PeopleScreen.self), of("One person", PersonScreen.self),
        of("Invitations", InvitationsScreen.self), of("Roles", RolesScreen.self), of("Keys", KeysScreen.self),
        of("One key", KeyScreen.self), of("Sessions", SessionsScreen.self),
        of("Single sign\\-on", IdentityProvidersScreen.self),
        of("One identity provider", IdentityProviderScreen.self), of("Policy", SignInPolicyScreen.self),
        of("Tenants", OrganizationsScreen.self),
        of("Audit", AuditScreen.self), of("One entry of the audit", AuditEntryScreen.self),
        of("Where the audit is sent to", AuditTargetsScreen.self),
        of("Traces", TracesScreen.self), of("One trace", TraceScreen.self),
        of("Filters of traces", TraceFiltersScreen.self),
        of("Datasets", DatasetsScreen.self), of("One dataset", DatasetScreen.self),
        of("One item of a dataset", DatasetItemScreen.self),
        KeyTable("Labelling", LabellingKeys.bindings),
        of("Labelling, when nothing is left", LabellingScreen<DatasetLabelQueue>.self),
        of("Calibration", CalibrationsScreen.self), of("One calibration run", CalibrationScreen.self),
        of("The examples of a run", CalibrationItemsScreen.self),
        of("The runs of a group", CalibrationComparisonScreen.self),
        of("Webhooks", WebhooksScreen.self), of("One webhook", WebhookScreen.self),
        of("One delivery", DeliveryScreen.self),
        of("Retention", RetentionScreen.self), of("Health", HealthScreen.self), of("Settings", SettingsScreen.self),
        of("One setting", SettingScreen.self),
        of("Profile", ProfileScreen.self), of("Your second factor", SecondFactorScreen.self),
        KeyTable("Waiting for a browser", help: SignIn.browserHelp), of("Doctor", DoctorScreen.self),
    ]
    /// The tables that do not belong to one screen.
    static let general = [
        KeyTable("Sign\\-in", SignIn.bindings), KeyTable("Moving", KeyTables.moves), KeyTable("Lists", KeyTables.list),
        KeyTable("Everywhere", KeyTables.everywhere),
    ]
}
