import FoundationEssentials
import WireAPI

/// Projects by the names that people give them, for a form that has to say which one is meant.
struct NamedProjects: Sendable {
    private let projects: [OperatorProject]

    init(_ projects: [OperatorProject]) { self.projects = projects }

    /// To pick them from.
    var source: NameSource { NameSource("projects", known: projects.map(\.name)) }

    /// Which one is meant by a name, or by an identifier.
    func id(_ text: String, field: String) throws(FormProblem) -> UUID {
        let meant = projects.filter { $0.name == text || $0.id == UUID(uuidString: text) }
        guard let project = meant.first else { throw FormProblem(field, "no project is called \(text)") }
        guard meant.count == 1 else {
            throw FormProblem(field, "several are called that: give the identifier of one")
        }
        return project.id
    }
}
