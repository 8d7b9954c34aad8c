import Scoring
import Tenancy
import Testing

@Suite struct ModelDefinitionTests {
    @Test(arguments: ["http://localhost:11434", "https://models.example.com/v1", "HTTPS://models.example.com"])
    func aWebAddressIsAccepted(url: String) throws {
        let definition = ModelDefinition(name: "llama", upstreamModel: "ollama/llama3", url: url)
        try definition.validate()
        #expect(definition.url == url)
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://localhost:6379/_PING", "localhost:11434", "//localhost"])
    func anotherAddressIsRefusedByItsField(url: String) {
        let definition = ModelDefinition(name: "llama", upstreamModel: "ollama/llama3", url: url)
        let error = #expect(throws: InvalidDefinition.self) { try definition.validate() }
        #expect(error?.problems.map(\.field) == ["url"])
    }
}
