import FoundationEssentials
import JSON
import Testing

@testable import OpenAPI

/// Schemas are what types really decode and encode.
@Suite struct SchemaReaderTests {
    private enum Mood: String, Decodable, CaseIterable { case good, bad }

    private struct Inner: Decodable { let name: String }

    private struct Wish: DocumentedRequest {
        let userID: UUID
        let since: Date?
        let mood: Mood?
        let tags: [String]
        let scores: [String: Double]?
        let anything: JSONValue?
        let inner: Inner?

        static let notes = TypeNotes("Wish", "What is wanted.", ["tags": Note("Words.", counts: 1...5)])
    }

    private struct Answer: Codable, DocumentedResponse {
        let count: Int
        let mean: Double?

        static let notes = TypeNotes("Answer", "What is answered.", ["mean": "Null without any."])
    }

    private struct Flat: Decodable {
        let wish: Inner
        let answer: Answer

        init(from decoder: any Decoder) throws {
            wish = try Inner(from: decoder)
            answer = try Answer(from: decoder)
        }
    }

    private struct Mistaken: DocumentedRequest {
        let name: String

        static let notes = TypeNotes("Mistaken", "", ["nmae": "A typing mistake."])
    }

    private func members(of name: String, _ reader: SchemaReader) throws -> [String: Schema.Member] {
        let schema = try #require(reader.components[name])
        guard case .object(let members) = schema.kind else { return [:] }
        return Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0) })
    }

    @Test func membersHaveTheNamesAndTypesThatAreDecoded() throws {
        var reader = SchemaReader()
        let schema = reader.schema(of: Wish.self)
        #expect(schema == Schema(.reference("Wish")))
        let members = try members(of: "Wish", reader)
        #expect(members.keys.sorted() == ["anything", "inner", "mood", "scores", "since", "tags", "user_id"])
        #expect(members["user_id"]?.schema == .uuid)
        #expect(members["since"]?.schema == .moment.orNull)
        #expect(members["mood"]?.schema == .words(["good", "bad"]).orNull)
        #expect(members["scores"]?.schema == .map(of: .number).orNull)
        #expect(members["inner"]?.schema == .object(.init("name", .string, isRequired: true)).orNull)
        #expect(members["tags"]?.schema.counts == 1...5)
    }

    @Test func ofARequestOnlyWhatCannotBeLeftOutIsRequired() throws {
        var reader = SchemaReader()
        _ = reader.schema(of: Wish.self)
        let required = try members(of: "Wish", reader).values.filter(\.isRequired).map(\.name).sorted()
        #expect(required == ["tags", "user_id"])
    }

    @Test func ofAnAnswerEveryMemberIsThere() throws {
        var reader = SchemaReader()
        let schema = reader.schema(of: [Answer].self)
        #expect(schema == .array(of: Schema(.reference("Answer"))))
        let members = try members(of: "Answer", reader)
        let required = members.values.filter(\.isRequired).count
        #expect(required == 2)
        #expect(members["mean"]?.schema.isNullable == true && members["mean"]?.schema.text == "Null without any.")
        #expect(members["count"]?.schema == .integer)
    }

    @Test func whatIsDecodedIntoOneObjectIsOneObject() throws {
        var reader = SchemaReader()
        guard case .object(let members) = reader.schema(of: Flat.self).kind else {
            Issue.record("no object")
            return
        }
        #expect(members.map(\.name) == ["name", "count", "mean"])
    }

    @Test func aNoteAboutAMemberThatThereIsNotIsAMistake() {
        var reader = SchemaReader()
        _ = reader.schema(of: Mistaken.self)
        #expect(reader.mistakes == ["Mistaken has no member nmae"])
    }
}
