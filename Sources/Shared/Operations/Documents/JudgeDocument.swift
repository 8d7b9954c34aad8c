internal import Scoring
internal import Tenancy
internal import YAML

/// A judge as a document says it.
struct JudgeDocument {
    var name = ""
    var projectName: String?
    /// `nil` leaves it as it is, and a new judge private.
    var visibility: Visibility?
    var intent = ""
    var stage = ""
    var members: [Member] = []
    var changeNote = ""

    /// An evaluator of the judge: by its identifier, its name or both; at a version or at the latest.
    struct Member {
        var name: String?
        var id: EvaluatorID?
        /// The number of the version to keep to.
        var version: Int?

        static let fields = ["name", "id", "version"]
    }

    /// The fields in the order in which they are written.
    static let fields = [
        "kind", "id", "version", "name", "project", "visibility", "intent", "stage", "evaluators", "change_note",
    ]

    /// What a version says; `projectName` is where the judge is, `members` are its evaluators.
    init(_ judge: Judge, projectName: String?, members: [Member]) {
        let definition = judge.version.definition
        name = definition.name
        self.projectName = projectName
        visibility = judge.visibility
        intent = definition.intent
        stage = definition.stage
        self.members = members
    }

    /// Reads what is there and notes in `fields` what is wrong by itself.
    init(reading fields: inout DocumentFields) {
        name = fields.requiredText("name") ?? ""
        projectName = fields.text("project")
        visibility = fields.choice("visibility")
        intent = fields.requiredText("intent") ?? ""
        stage = fields.text("stage") ?? ""
        members = Self.members(&fields)
        changeNote = fields.text("change_note") ?? ""
        checkLimits(&fields)
    }

    /// The document's members from `name` on. `isComplete` writes also what is empty, to be filled in.
    func members(isComplete: Bool) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        entries.add("name", name)
        entries.add("project", projectName)
        entries.add("visibility", visibility?.rawValue)
        entries.add("intent", intent)
        if isComplete || !stage.isEmpty { entries.add("stage", stage) }
        let evaluators = members.map { member -> YAMLNode in
            var parts: [YAMLEntry] = []
            parts.add("name", member.name)
            parts.add("id", member.id?.description)
            if let version = member.version { parts.add("version", version) }
            return YAMLNode(.mapping(parts))
        }
        entries.append(YAMLEntry(key: "evaluators", node: YAMLNode(.sequence(evaluators))))
        if isComplete { entries.add("change_note", changeNote) }
        return entries
    }

    private static func members(_ fields: inout DocumentFields) -> [Member] {
        var members: [Member] = []
        for (index, node) in (fields.nodes("evaluators") ?? []).enumerated() {
            if case .string(let name) = node.value {
                members.append(Member(name: name))
                continue
            }
            var part = DocumentFields(node, known: Member.fields, prefix: "evaluators[\(index)].")
            let member = Member(
                name: part.text("name"), id: part.identifier("id"), version: part.number("version"))
            if part.problems.isEmpty, member.name == nil, member.id == nil {
                part.add("name", "An evaluator is given by its name or its id.")
            }
            fields.add(part)
            members.append(member)
        }
        return members
    }

    /// Notes the limits of the domain that are broken.
    private func checkLimits(_ fields: inout DocumentFields) {
        do throws(InvalidDefinition) {
            try JudgeDefinition(name: name, intent: intent, stage: stage).validate()
        } catch {
            for problem in error.problems { fields.addIfPresent(problem.field, problem.message) }
        }
    }
}
