internal import Terminal

/// The rooms of the console, each with screens of its own. New ones take the digits that are free.
package enum Room: String, Sendable, Hashable, CaseIterable, Codable {
    case dashboard
    case executions
    case evaluators
    case queues
    case workers
    case providers
    case projects
    case people
    case audit
    case traces
    case datasets
    case calibration
    case webhooks
    case health
    case settings
    case profile

    /// What the header, the tabs and the palette call it.
    package var title: String {
        switch self {
        case .dashboard: "Dashboard"
        case .executions: "Executions"
        case .evaluators: "Evaluators"
        case .queues: "Queues"
        case .workers: "Workers"
        case .providers: "Providers"
        case .projects: "Projects"
        case .people: "People"
        case .audit: "Audit"
        case .traces: "Traces"
        case .datasets: "Datasets"
        case .calibration: "Calibration"
        case .webhooks: "Webhooks"
        case .health: "Health"
        case .settings: "Settings"
        case .profile: "Profile"
        }
    }

    /// The digit that goes there; `nil` for a room that has come after all were taken.
    package var digit: Unicode.Scalar? {
        switch self {
        case .dashboard: "1"
        case .executions: "2"
        case .evaluators: "3"
        case .queues: "4"
        case .workers: "5"
        case .providers: "6"
        case .projects: "7"
        case .people: "8"
        case .audit: "9"
        case .traces: nil
        case .datasets: nil
        case .calibration: nil
        case .webhooks: nil
        case .health: nil
        case .settings: nil
        case .profile: "0"
        }
    }

    /// The letter behind `g` that goes there.
    package var letter: Unicode.Scalar {
        switch self {
        case .dashboard: "d"
        case .executions: "e"
        case .evaluators: "v"
        case .queues: "q"
        case .workers: "w"
        case .providers: "m"
        case .projects: "p"
        case .people: "o"
        case .audit: "a"
        case .traces: "t"
        case .datasets: "s"
        case .calibration: "c"
        case .webhooks: "h"
        case .health: "i"
        case .settings: "f"
        case .profile: "u"
        }
    }

    /// What is there, in a sentence for the help and `--help`.
    package var purpose: String {
        switch self {
        case .dashboard: "How the installation does now"
        case .executions: "Every execution, as it happens and back in time"
        case .evaluators: "Evaluators and judges: what they are, how they score, trying and changing them"
        case .queues: "Background work: queues, jobs, batches, what waits and why, what was given up"
        case .workers: "Who runs jobs, what each does now, and what runs by the clock"
        case .providers: "Providers of models, models, keys, limits, prices, budgets: how they do and what they cost"
        case .projects: "The projects and what happens in them"
        case .people: "Who gets in, as what and by what: people, invitations, roles, keys, sessions, single sign-on"
        case .audit: "What people did, refused and failed attempts too: live and back in time"
        case .traces: "What applications send of their work: traces, their spans, and how they were evaluated"
        case .datasets: "Datasets and their items, what people found of them, and labelling with single keys"
        case .calibration: "How far evaluators agree with people: figures, every score in a plot, runs side by side"
        case .webhooks: "Who is told of events, what reached them and what they answered"
        case .health:
            "What is wrong with the installation and what to do: every process, the stores, backups, certificates"
        case .settings: "The settings in force, where each comes from, and where processes differ"
        case .profile: "Yourself, your sessions, themes, and what the terminal can do"
        }
    }

    /// The first screen of the room.
    package func makeScreen() -> any Screen {
        switch self {
        case .dashboard: DashboardScreen()
        case .executions: ExecutionsScreen()
        case .evaluators: ItemsScreen()
        case .queues: QueuesScreen()
        case .workers: WorkersScreen()
        case .providers: ProvidersScreen()
        case .projects: ProjectsScreen()
        case .people: PeopleScreen()
        case .audit: AuditScreen()
        case .traces: TracesScreen()
        case .datasets: DatasetsScreen()
        case .calibration: CalibrationsScreen()
        case .webhooks: WebhooksScreen()
        case .health: HealthScreen()
        case .settings: SettingsScreen()
        case .profile: ProfileScreen()
        }
    }
}
