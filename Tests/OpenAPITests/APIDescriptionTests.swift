import HTTPMessages
import JSON
import Testing

@testable import OpenAPI

/// What programs and people are shown of a description.
@Suite struct APIDescriptionTests {
    private struct Wish: DocumentedRequest {
        let name: String?

        static let notes = TypeNotes("Wish", "What is <wanted>.", ["name": "In `words`."])
    }

    private static let description = APIDescription(
        title: "Example", version: "1.2", introduction: ["Hello."],
        groups: [
            OperationGroup(
                "OddThings", "Things.",
                [
                    .create("/things/", "things_create", "Makes a thing", Wish.self, Wish.self)
                        .showing(["name": "It's one"]),
                    .read("/things/{id}/", "things_retrieve", "Shows a thing", Wish.self).forEverybody,
                    Operation(.post, "/pictures/", "pictures_create", "Uploads a picture")
                        .taking(.of(.object(), type: "multipart/form-data")).answering(201, Wish.self),
                    Operation(.post, "/albums/", "albums_create", "Makes an album, empty or of pictures")
                        .taking(.json(Wish.self), .of(.object(), type: "multipart/form-data"))
                        .answering(201, Wish.self),
                ])
        ], commonProblems: [401, 429, 500], problem: .object(), headers: [.init("Key", in: .header, .string, "")])

    @Test func anOperationHasItsParametersBodiesAndAnswers() throws {
        let document = Self.description.document
        let create = try #require(document["paths"]?["/things/"]?["post"])
        #expect(create["operationId"] == "things_create" && create["tags"] == ["OddThings"])
        #expect(create["requestBody"]?["required"] == true)
        let sent = create["requestBody"]?["content"]?["application/json"]
        #expect(sent?["schema"] == ["$ref": "#/components/schemas/Wish"] && sent?["example"]?["name"] == "It's one")
        #expect(create["parameters"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["Key"])
        let statuses = create["responses"]?.objectValue?.members.map(\.key)
        #expect(statuses == ["201", "400", "401", "403", "404", "408", "409", "413", "415", "422", "429", "500"])
        #expect(create["responses"]?["429"]?["headers"]?["Retry-After"] != nil)
    }

    @Test func onlyWhatCanBeRepeatedTakesAKey() throws {
        let paths = try #require(Self.description.document["paths"])
        #expect(paths["/pictures/"]?["post"]?["parameters"] == nil)
        #expect(paths["/pictures/"]?["post"]?["responses"]?["422"] == nil)
        let album = try #require(paths["/albums/"]?["post"])
        #expect(album["parameters"]?[0]?["name"] == "Key" && album["responses"]?["422"] != nil)
    }

    @Test func whatIsForEverybodyAsksForNoCredentials() throws {
        let read = try #require(Self.description.document["paths"]?["/things/{id}/"]?["get"])
        #expect(read["security"] == [] && read["responses"]?["401"] == nil && read["responses"]?["404"] != nil)
        #expect(read["parameters"]?[0] == ["name": "id", "in": "path", "required": true, "schema": Schema.uuid.json])
    }

    @Test func nullIsAnotherTypeOfAValue() {
        #expect(Schema.string.orNull.json == ["type": ["string", "null"]])
        #expect(Schema.words(["a"]).orNull.json == ["type": ["string", "null"], "enum": ["a", .null]])
        #expect(
            Schema(.reference("Wish")).orNull.json
                == ["anyOf": [["$ref": "#/components/schemas/Wish"], ["type": "null"]]])
    }

    @Test func thePageHoldsNothingFromElsewhereAndNoScript() {
        let page = ReferencePage(of: Self.description)
        #expect(page.html.hasPrefix("<!doctype html>") && page.html.hasSuffix("</html>"))
        for foreign in ["<script", "<link", "<img", "src=", "@import", "http://", "https://"] {
            #expect(!page.html.contains(foreign), "\(foreign)")
        }
        #expect(page.policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(page.html.contains("What is &lt;wanted&gt;.") && page.html.contains("In <code>words</code>."))
        #expect(page.html.contains("id=\"things_create\"") && page.html.contains("Odd Things"))
    }

    @Test func examplesCanBePastedIntoAShellAndIntoPython() {
        let page = ReferencePage(of: Self.description).html
        #expect(page.contains("-d &#39;{&quot;name&quot;:&quot;It&#39;\\&#39;&#39;s one&quot;}&#39;"))
        #expect(page.contains("json={&quot;name&quot;: &quot;It&#39;s one&quot;}"))
        #expect(page.contains("requests.post("))
    }
}
