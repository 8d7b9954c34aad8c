import FoundationEssentials
import Scoring
import Tenancy
import Testing
import YAML

@testable import Operations

/// Documents by themselves, without what is stored.
@Suite struct DocumentFormTests {
    private func read(_ text: String) throws -> (EvaluatorDocument, [DocumentProblem]) {
        var fields = DocumentFields(try YAMLReader.parse(text), known: EvaluatorDocument.fields)
        let document = EvaluatorDocument(reading: &fields)
        return (document, fields.problems)
    }

    @Test func everyProblemIsFoundAtItsPlace() throws {
        let (_, problems) = try read(
            """
            kind: evaluator
            name: x
            behaviour: fast
            criteria: ""
            models:
              - root
              - {a: 1}
            behavior: quick
            objective_id: 12
            variables: [a, [b]]
            """)
        let places = Set(problems.map(\.description))
        #expect(
            places == [
                "3:1 behaviour", "4:11 criteria", "2:7 name", "7:5 models[1]", "8:11 behavior", "9:15 objective_id",
                "10:16 variables[1]",
            ])
        #expect(problems.first { $0.field == "behaviour" }?.message.contains("Known ones: kind, id") == true)
        #expect(problems.first { $0.field == "behavior" }?.message.contains("fast, balanced, thorough") == true)
    }

    @Test func whatIsMissingIsSaidWhereTheDocumentBegins() throws {
        let (_, problems) = try read("\n\nintent: To measure.\n")
        #expect(problems.map(\.description).sorted() == ["3:1 criteria", "3:1 name"])
        let (_, wrong) = try read("- a list")
        #expect(wrong.first?.field == "" && wrong.first?.line == 1)
    }

    @Test func textNeedsNoQuotesAndNullIsAsLeftOut() throws {
        let (document, problems) = try read(
            "name: 2024\ncriteria: true\nvariables: topic\nmodels: ~\nproject: null\nchange_note: 1.50")
        #expect(problems.isEmpty)
        #expect(document.name == "2024" && document.criteria == "true" && document.variables == ["topic"])
        #expect(document.models.isEmpty && document.projectName == nil && document.changeNote == "1.50")
    }

    @Test func theFormsAreReadableAndAskForWhatIsNeeded() throws {
        for kind in ItemKind.allCases {
            let text = DocumentText.form(kind)
            #expect(text.hasPrefix("# A new \(kind.rawValue).\n"))
            let known = kind == .evaluator ? EvaluatorDocument.fields : JudgeDocument.fields
            var fields = DocumentFields(try YAMLReader.parse(text), known: known)
            switch kind {
            case .evaluator: _ = EvaluatorDocument(reading: &fields)
            case .judge: _ = JudgeDocument(reading: &fields)
            }
            let missing: Set = kind == .evaluator ? ["name", "criteria", "intent"] : ["name", "intent"]
            #expect(Set(fields.problems.map(\.field)) == missing)
        }
    }

    @Test func whatPeopleCallThemselvesDoesNotEndTheComment() throws {
        let author = UserReference(
            id: UserID(uuid: UUID()), email: "a@example.com", fullName: "Mallory\nname: stolen\u{85}kind: judge")
        let version = VersionSummary(
            id: UUID(), number: 3, createdAt: Date(timeIntervalSince1970: 1_800_000_000), author: author, changeNote: ""
        )
        let item = ItemSummary(
            kind: .evaluator, id: UUID(), name: "Tone", organizationID: OrganizationID(uuid: UUID()), isRoot: false,
            projectID: nil, version: version, versionCount: 3, models: [], evaluatorCount: 0, judgeCount: 0,
            owner: author, createdAt: version.createdAt, deletedAt: nil)
        let text = DocumentText.edited(
            item, at: version, origin: .own, [YAMLEntry(key: "name", node: YAMLNode(.string("Tone")))])
        #expect(text.hasPrefix("# Version 3 of 2027-01-15 08:00 UTC by Mallory name: stolen kind: judge.\n"))
        #expect(text.contains("Saving makes version 4"))
        let root = try YAMLReader.parse(text)
        #expect(root["name"]?.value == .string("Tone") && root["version"]?.value == .integer(3))
    }

    /// Definitions of every shape survive being written, read and written again.
    @Test func aDocumentIsReadBackAsItWasWritten() throws {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "Rate {{response}}", "\n", "  ", "#", ": ", "- ", "é😀", "\"", "'", "\\", "|", "{{ topic }}", "\t", "\r",
            "true", "12", "~", "%", "\u{2028}",
        ]
        func text(_ range: ClosedRange<Int>) -> String {
            (0..<Int.random(in: range, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
        }
        for _ in 0..<2000 {
            var document = try read("name: ab\ncriteria: c").0
            document.name = "N " + text(1...4)
            document.projectName = Bool.random(using: &generator) ? text(1...3) + "p" : nil
            document.intent = "I" + text(0...12)
            document.objectiveID = Bool.random(using: &generator) ? ObjectiveID(uuid: UUID()) : nil
            document.criteria = "C" + text(0...20)
            document.variables = (0..<Int.random(in: 0...3, using: &generator)).map { _ in "v" + text(0...2) }
            document.models = (0..<Int.random(in: 0...3, using: &generator)).map { _ in "m" + text(0...2) }
            document.behavior = EvaluatorBehavior.allCases.randomElement(using: &generator) ?? .fast
            document.demonstrations = (0..<Int.random(in: 0...2, using: &generator)).map { _ in
                DocumentExample(
                    request: text(0...3), response: "r" + text(0...3),
                    score: [0, 0.25, 1].randomElement(using: &generator) ?? 0, justification: text(0...3))
            }
            document.demonstrationDatasetID = Bool.random(using: &generator) ? DatasetID(uuid: UUID()) : nil
            for isComplete in [true, false] {
                let written = YAMLWriter.text(of: .mapping(document.members(isComplete: isComplete)))
                let (again, problems) = try read(written)
                #expect(problems.isEmpty, "\(written)")
                #expect(again.fieldsDiffering(from: document).isEmpty, "\(written)")
            }
        }
    }
}
