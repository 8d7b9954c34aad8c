import JSON
import Records
import Scoring
import Testing

@testable import Operations

/// Items out of files: tables with and without header, lines of JSON, and what is wrong with them by its line.
@Suite struct DatasetFileTests {
    private func read(
        _ text: String, _ format: DatasetFileFormat? = nil, hasHeader: Bool? = nil, piece: Int = 1 << 20
    ) -> (items: [NewDatasetItem], problems: [DatasetFileProblem]) {
        var reader = DatasetFileReader(format: format, hasHeader: hasHeader)
        let bytes = Array(text.utf8)
        var items: [NewDatasetItem] = []
        for start in stride(from: 0, to: bytes.count, by: piece) {
            items += reader.feed(Array(bytes[start..<min(bytes.count, start + piece)]))
        }
        return (items + reader.finish(), reader.problems)
    }

    @Test(arguments: [1, 3, 1000])
    func columnsMeanWhatTheirNamesSay(piece: Int) throws {
        let text = """
            \u{FEFF}Request,response,Expected output,score,justification,contexts,topic\r
            "Why, ""then""?",So.,Because.,0.25,too short,"[""a"",""b""]",weather\r
            \r
            Two\nlines?,"Yes\r\nindeed",,,,one text,\r\n
            """
        let (items, problems) = read(text.replacing("Two\nlines?", with: "\"Two\nlines?\""), piece: piece)
        #expect(problems.isEmpty)
        let first = try #require(items.first)
        #expect(first.content.request == "Why, \"then\"?" && first.content.expectedOutput == "Because.")
        #expect(first.content.contexts == ["a", "b"] && first.content.variables == ["topic": "weather"])
        #expect(first.label == ItemLabel(value: 0.25, rationale: "too short"))
        #expect(items.count == 2 && items.last?.content.request == "Two\nlines?")
        #expect(items.last?.content.response == "Yes\r\nindeed" && items.last?.label == nil)
        #expect(items.last?.content.contexts == ["one text"])
    }

    @Test func aTableWithoutHeaderHasScoreResponseAndRequest() {
        let (items, problems) = read("0.5,So.,Why?\n1,Yes.\n")
        #expect(problems.isEmpty)
        #expect(items.map(\.label?.value) == [0.5, 1])
        #expect(items.map(\.content.request) == ["Why?", ""] && items.map(\.content.response) == ["So.", "Yes."])
    }

    @Test func linesOfJSONAreFoundOutByTheirFirstCharacter() throws {
        let (items, problems) = read(
            """
            {"request": "Why?", "score": 1, "variables": {"n": 3}, "lang": "en"}

            {"turns": [{"role": "user", "content": "Hi"}], "metadata": {"k": [1]}}
            """, piece: 5)
        #expect(problems.isEmpty && items.count == 2)
        #expect(items[0].content.variables == ["n": "3", "lang": "en"] && items[0].label?.value == 1)
        #expect(items[1].content.turns.map(\.content) == ["Hi"])
        #expect(items[1].content.metadata?.text == #"{"k":[1]}"#)
    }

    @Test func whatIsWrongIsNamedByItsLine() {
        let (items, problems) = read("response,score\nGood.,0.5\n\"two\nlines\",7\nBad.,much\na,1,b\n")
        #expect(items.count == 1)
        #expect(problems.map(\.line) == [3, 5, 6])
        #expect(problems.map(\.description)[1] == "line 5: the score “much” is no number")
        #expect(read("{\"request\": 1}\n{\n[]\n{}", .jsonl).problems.map(\.line) == [1, 2, 3, 4])
        #expect(read("a,\"b", hasHeader: true).problems.map(\.message) == ["a quoted cell does not end"])
    }

    @Test func whatIsWrittenIsReadAgain() {
        let cells = ["plain", "with, comma", "with \"quotes\"", "two\r\nlines", ""]
        var parser = CSVParser()
        let rows = (try? parser.feed(CSVWriter.line(cells))) ?? []
        #expect(rows.map(\.cells) == [cells])
    }
}
