import ChatModel
import Cryptography
import FoundationEssentials
import HTTPMessages
import JSON
import Providers
import Testing

/// AWS's framing and signatures, against what AWS's own library makes.
@Suite struct BedrockTests {
    /// A ConverseStream that botocore wrote: a text, a call, the count, and an exception at its end.
    private static let recorded = """
        AAAAdgAAAFKW1freCzpldmVudC10eXBlBwAMbWVzc2FnZVN0YXJ0DTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdl
        LXR5cGUHAAVldmVudHsicm9sZSI6ImFzc2lzdGFudCJ9b6jFmQAAAJUAAABXicuzXgs6ZXZlbnQtdHlwZQcAEWNvbnRlbnRCbG9ja0RlbHRh
        DTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAVldmVudHsiY29udGVudEJsb2NrSW5kZXgiOjAsImRl
        bHRhIjp7InRleHQiOiJIZWwifX1kE6d2AAAAmwAAAFc2+w0/CzpldmVudC10eXBlBwARY29udGVudEJsb2NrRGVsdGENOmNvbnRlbnQtdHlw
        ZQcAEGFwcGxpY2F0aW9uL2pzb24NOm1lc3NhZ2UtdHlwZQcABWV2ZW50eyJjb250ZW50QmxvY2tJbmRleCI6MCwiZGVsdGEiOnsidGV4dCI6
        ImxvIFx1MjcxMyJ9fTG1Fq0AAAB9AAAAVuZoD9YLOmV2ZW50LXR5cGUHABBjb250ZW50QmxvY2tTdG9wDTpjb250ZW50LXR5cGUHABBhcHBs
        aWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAVldmVudHsiY29udGVudEJsb2NrSW5kZXgiOjB9sy5NNAAAAMMAAABXPpiJNQs6ZXZlbnQt
        dHlwZQcAEWNvbnRlbnRCbG9ja1N0YXJ0DTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAVldmVudHsi
        Y29udGVudEJsb2NrSW5kZXgiOjEsInN0YXJ0Ijp7InRvb2xVc2UiOnsidG9vbFVzZUlkIjoidG9vbHVzZV9hYmMiLCJuYW1lIjoiZ2V0X3dl
        YXRoZXIifX19Sa4zhwAAAKkAAABX7Rrm2Qs6ZXZlbnQtdHlwZQcAEWNvbnRlbnRCbG9ja0RlbHRhDTpjb250ZW50LXR5cGUHABBhcHBsaWNh
        dGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAVldmVudHsiY29udGVudEJsb2NrSW5kZXgiOjEsImRlbHRhIjp7InRvb2xVc2UiOnsiaW5wdXQi
        OiJ7XCJjaXR5XCI6In19fQ+LpQcAAACoAAAAV9B6z2kLOmV2ZW50LXR5cGUHABFjb250ZW50QmxvY2tEZWx0YQ06Y29udGVudC10eXBlBwAQ
        YXBwbGljYXRpb24vanNvbg06bWVzc2FnZS10eXBlBwAFZXZlbnR7ImNvbnRlbnRCbG9ja0luZGV4IjoxLCJkZWx0YSI6eyJ0b29sVXNlIjp7
        ImlucHV0IjoiXCJPc2xvXCJ9In19fRQj3kQAAAB9AAAAVuZoD9YLOmV2ZW50LXR5cGUHABBjb250ZW50QmxvY2tTdG9wDTpjb250ZW50LXR5
        cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAVldmVudHsiY29udGVudEJsb2NrSW5kZXgiOjF9qjV8dQAAAHoAAABRyixG
        ZQs6ZXZlbnQtdHlwZQcAC21lc3NhZ2VTdG9wDTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAVldmVu
        dHsic3RvcFJlYXNvbiI6InRvb2xfdXNlIn2dyymBAAAA6wAAAE6rQkUwCzpldmVudC10eXBlBwAIbWV0YWRhdGENOmNvbnRlbnQtdHlwZQcA
        EGFwcGxpY2F0aW9uL2pzb24NOm1lc3NhZ2UtdHlwZQcABWV2ZW50eyJ1c2FnZSI6eyJpbnB1dFRva2VucyI6MjEsIm91dHB1dFRva2VucyI6
        OSwidG90YWxUb2tlbnMiOjMwLCJjYWNoZVJlYWRJbnB1dFRva2VucyI6MCwiY2FjaGVXcml0ZUlucHV0VG9rZW5zIjowfSwibWV0cmljcyI6
        eyJsYXRlbmN5TXMiOjQxMn196ydHYg==
        """

    @Test func aRecordedStreamIsRead() throws {
        let bytes = try #require(Base64.decode(Self.recorded.replacing("\n", with: "")))
        let events = Wire.steps(Wire.endpoint(.bedrock), bytes)
        let told = Told(events)
        #expect(told.text == "Hello ✓")
        #expect(told.calls.map(\.name) == ["get_weather"])
        #expect(told.calls.map(\.id) == ["tooluse_abc"])
        #expect(told.calls.first?.arguments == #"{"city":"Oslo"}"#)
        #expect(told.finish == .toolCalls)
        #expect(told.usage == ChatUsage(promptTokens: 21, completionTokens: 9))
        // The exception comes after the count, when the answer is complete.
        #expect(events.last?.kind == .end)
    }

    /// Signed by botocore for the same moment.
    @Test func aCallIsSignedAsAWSDoes() throws {
        let credentials = SigV4.Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            secretAccessKey: SecretBytes(Array("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".utf8)))
        var settings = Provider.Settings()
        settings.region = "us-east-1"
        let provider = Provider(.bedrock, name: "aws", credential: .aws(credentials), settings: settings)
        var call = ProviderRequest(
            url: provider.baseURL + "/model/amazon.nova-pro/converse", headers: ["content-type": "application/json"],
            body: Array(#"{"messages":[]}"#.utf8))
        provider.authorize(&call, now: Wire.now)
        #expect(call.headers["x-amz-date"] == "20261123T060000Z")
        #expect(
            call.headers["authorization"]
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261123/us-east-1/bedrock/aws4_request, "
                + "SignedHeaders=content-type;host;x-amz-date, "
                + "Signature=0b7ba144763489eb50a3919d7638751aab35d26d12610815a7c09aa9d5a429d1")
        #expect(!"\(provider)".contains("wJalr"))
    }

    /// The length of its first frame is all that such a stream begins with, and may look like the beginning of JSON.
    @Test func aFirstFrameAsLongAsABraceIsAFrame() {
        let padding = String(repeating: "x", count: 31)
        let bytes = AmazonFrames.encode([
            ("messageStart", #"{"role":"assistant","p":"\#(padding)"}"#),
            ("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"hi"}}"#),
            ("messageStop", #"{"stopReason":"end_turn"}"#),
            ("metadata", #"{"usage":{"inputTokens":3,"outputTokens":2}}"#),
        ])
        #expect(bytes[3] == UInt8(ascii: "{"))
        let events = Wire.steps(Wire.endpoint(.bedrock), bytes)
        #expect(Told(events).text == "hi")
        #expect(events.last?.kind == .end)
    }

    @Test func documentsHaveNamesOfTheirOwn() throws {
        let file = #"{"type":"file","file":{"file_data":"data:application/pdf;base64,aGk="}}"#
        let body =
            #"{"model":"a","messages":[{"role":"user","content":[\#(file),\#(file),{"type":"text","text":"q"}]}]}"#
        let text = String(decoding: try Wire.call(.bedrock, body).body, as: UTF8.self)
        #expect(text.contains(#""name":"document","#))
        #expect(text.contains(#""name":"document-2","#))
    }

    @Test func aConversationThatHasCalledToolsOffersThem() throws {
        let body = #"""
            {"model":"a","messages":[{"role":"user","content":"q"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"r","cache_control":{"type":"ephemeral"}}]}]}
            """#
        let call = try Wire.call(.bedrock, body)
        let json = try Wire.json(call.body)
        #expect(json["toolConfig"]?["tools"]?[0]?["toolSpec"]?["name"] == "f")
        #expect(call.adjustments == [.approximated("tools")])
        // Marks stand beside a result, not in it.
        let told = json["messages"]?[2]?["content"]
        #expect(told?[0]?["toolResult"]?["content"]?[1] == nil)
        #expect(told?[1]?["cachePoint"]?["type"] == "default")
    }

    @Test func toolsAreLeftOutWhereNoneMayBeCalled() throws {
        let body =
            #"{"model":"a","messages":[{"role":"user","content":"q"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"none"}"#
        #expect(try Wire.json(try Wire.call(.bedrock, body).body)["toolConfig"] == nil)
        #expect {
            try Wire.call(.bedrock, Wire.question.replacing(#""tool_choice":"auto""#, with: #""tool_choice":"none""#))
        } throws: { ($0 as? Unsupported)?.parameter == "tool_choice" }
    }
}
