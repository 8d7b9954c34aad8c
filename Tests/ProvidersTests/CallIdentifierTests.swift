import ChatModel
import Dialects
import JSON
import Providers
import Testing

/// Conversations that began at one provider and go on at another, whose identifiers of calls look otherwise.
@Suite struct CallIdentifierTests {
    /// A conversation with two calls of tools and their results.
    private func conversation(_ first: String, _ second: String) -> String {
        #"{"model":"a","messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":["#
            + [first, second].map {
                #"{"id":"\#($0)","type":"function","function":{"name":"f","arguments":"{}"}}"#
            }.joined(separator: ",") + "]},"
            + [first, second].map { #"{"role":"tool","tool_call_id":"\#($0)","content":"r"}"# }.joined(separator: ",")
            + "]}"
    }

    private func identifiers(_ body: JSONValue) -> (calls: [String], results: [String]) {
        let messages = body["messages"]?.arrayValue ?? []
        let calls = messages.flatMap { $0["tool_calls"]?.arrayValue ?? [] }.compactMap { $0["id"]?.stringValue }
        return (calls, messages.compactMap { $0["tool_call_id"]?.stringValue })
    }

    @Test(arguments: [
        ("call_Zf3kS0meL0ngIdent1fier", "toolu_01A"), ("call.1", "call.2"), ("", " "), ("ünïcode99", "123456789"),
    ])
    func mistralGetsNineLettersAndDigits(first: String, second: String) throws {
        let sent = identifiers(try Wire.json(try Wire.call(.mistral, conversation(first, second)).body))
        for id in sent.calls {
            #expect(id.utf8.count == 9)
            #expect(
                id.utf8.allSatisfy { Character(UnicodeScalar($0)).isLetter || Character(UnicodeScalar($0)).isNumber })
        }
        #expect(sent.calls == sent.results)
        #expect(Set(sent.calls).count == 2)
        // The next turn, and any other proxy, calls them the same.
        #expect(
            identifiers(try Wire.json(try Wire.call(.mistral, conversation(first, second)).body)).calls == sent.calls)
    }

    @Test func mistralsOwnStayAsTheyAre() throws {
        let sent = identifiers(try Wire.json(try Wire.call(.mistral, conversation("D681PevKs", "0aB9cD8eF")).body))
        #expect(sent.calls == ["D681PevKs", "0aB9cD8eF"])
        #expect(sent.results == sent.calls)
    }

    @Test func resultsOfToolsDoNotPassMistralUnread() throws {
        let body = conversation("call_1", "call_2")
        let relayed = try RelayedRequest(Array(body.utf8), dialect: .chatCompletions)
        #expect(!Wire.endpoint(.mistral).relays(relayed))
        #expect(Wire.endpoint(.vllm).relays(relayed))
    }

    @Test func anthropicAndAWSGetWords() throws {
        let odd = conversation("call.1/x", "functions.f:0")
        let anthropic = try Wire.json(try Wire.call(.anthropic, odd).body)["messages"]?[1]?["content"]
        let results = try Wire.json(try Wire.call(.anthropic, odd).body)["messages"]?[2]?["content"]
        let first = try #require(anthropic?[0]?["id"]?.stringValue)
        #expect(first.wholeMatch(of: #/call_[A-Za-z0-9]{11}/#) != nil)
        #expect(results?[0]?["tool_use_id"]?.stringValue == first)
        #expect(results?[1]?["tool_use_id"] == anthropic?[1]?["id"])
        let long = String(repeating: "x", count: 65)
        let bedrock = try Wire.json(try Wire.call(.bedrock, conversation(long, "toolu_1")).body)["messages"]
        let shortened = try #require(bedrock?[1]?["content"]?[0]?["toolUse"]?["toolUseId"]?.stringValue)
        #expect(shortened.utf8.count <= 64)
        #expect(bedrock?[2]?["content"]?[0]?["toolResult"]?["toolUseId"]?.stringValue == shortened)
        #expect(bedrock?[1]?["content"]?[1]?["toolUse"]?["toolUseId"] == "toolu_1")
    }
}
