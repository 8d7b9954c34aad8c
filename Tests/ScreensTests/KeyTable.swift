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

    private static func of<S: Screen>(_ name: String, _ type: S.Type) -> KeyTable { KeyTable(name, S.bindings) }

    /// The tables of all screens.
    static let screens = [
        of("Dashboard", DashboardScreen.self), of("Executions", ExecutionsScreen.self),
        of("One execution", ExecutionScreen.self),
        of("Two executions compared", CompareScreen.self), of("A plan that is carried out", PlanScreen.self),
        of("Evaluators", ItemsScreen.self), of("One evaluator or judge", ItemScreen.self),
        KeyTable("Trying an evaluator or a judge", TrialKeys.bindings), of("One version", VersionScreen.self),
        of("Two versions", DiffScreen.self), of("Editing", EditScreen.self), of("Importing", ImportScreen.self),
        of("Projects", ProjectsScreen.self),
        of("Profile", ProfileScreen.self), of("Doctor", DoctorScreen.self),
    ]
    /// The tables that do not belong to one screen.
    static let general = [
        KeyTable("Sign\\-in", SignIn.bindings), KeyTable("Moving", KeyTables.moves), KeyTable("Lists", KeyTables.list),
        KeyTable("Everywhere", KeyTables.everywhere),
    ]
}
