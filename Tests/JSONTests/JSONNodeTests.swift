import JSON
import Testing

@Suite struct JSONNodeTests {
    private func node(_ text: String) throws -> JSONNode { try JSONNode(Array(text.utf8)) }

    @Test func valuesAreReadInPlace() throws {
        let root = try node(#"{"a":{"b":[1,"x\n",true,null,{"c":1.5}]},"a2":null}"#)
        let list = try root.required("a").required("b")
        let values = Array(try list.elements())
        #expect(values[0].integer == 1)
        #expect(values[1].string == "x\n")
        #expect(values[2].bool == true)
        #expect(values[3].isNull)
        #expect(try values[4].required("c").number() == 1.5)
        #expect(root["a2"] == nil)
        #expect(root["a"]?["zz"] == nil)
        #expect(String(decoding: list.raw, as: UTF8.self) == #"[1,"x\n",true,null,{"c":1.5}]"#)
        #expect(try root.members().map(\.name) == ["a", "a2"])
        #expect(list.count == 5)
    }

    @Test func ofARepeatedNameTheLastCounts() throws {
        #expect(try node(#"{"a":1,"a":2}"#)["a"]?.integer == 2)
    }

    @Test(arguments: [
        (#"{"a":{"b":[0,{"c":"x"}]}}"#, "a.b[1].c: expected a number, found \"x\""),
        (#"{"a":{"b":[0,{}]}}"#, "a.b[1].c: required, but missing"),
        (#"{"a":{"b":[0,{"c":null}]}}"#, "a.b[1].c: required, but missing"),
        (#"{"a":{"b":7}}"#, "a.b: expected an array, found a number"),
        (#"{"a":[]}"#, "a: expected an object, found an array"),
        ("{}", "a: required, but missing"),
    ])
    func mistakesAreNamedByTheirPlace(text: String, message: String) throws {
        let root = try node(text)
        #expect {
            let list = try Array(root.required("a").required("b").elements())
            _ = try list[1].required("c").number()
        } throws: { ($0 as? JSONDecodingError)?.message == message }
    }

    @Test(arguments: [("0", "has to be at least 1, found 0"), ("1.5", "expected a whole number, found a number")])
    func wholeNumbersHaveBounds(text: String, reason: String) throws {
        let value = try node("[" + text + "]")
        #expect {
            _ = try Array(value.elements())[0].whole(1...Int.max)
        } throws: { ($0 as? JSONDecodingError)?.reason == reason }
    }

    @Test func linesFollowEachOtherWithoutCommas() {
        var json = JSONWriter()
        for number in [Int.min, 0, 9, 10, Int.max] {
            json.object { $0.member("a", number) }
            json.endLine()
        }
        var lines = Array("first".utf8)
        json.append(to: &lines)
        let expected = [Int.min, 0, 9, 10, Int.max].map { "{\"a\":\($0)}\n" }.joined()
        #expect(String(decoding: lines, as: UTF8.self) == "first" + expected)
    }

    @Test func membersThatAreNilAreLeftOut() {
        var json = JSONWriter()
        json.object { json in
            json.member("a", "x")
            json.member("b", nil as String?)
            json.member("c", 1)
            json.nullable("d", nil)
            json.array("e") { $0.write(2) }
            json.object("f") { $0.member("g", true) }
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"a":"x","c":1,"d":null,"e":[2],"f":{"g":true}}"#)
    }

    @Test func membersAreReachedInOneStep() throws {
        let text = #"{"a":{"b":"c","n":null,"l":[1,2],"t":true},"i":7,"d":0.5,"e":"\u0061","a b":"x"}"#
        let root = try JSONNode(Array(text.utf8))
        #expect(root.string("a", "b") == "c")
        #expect(root.string("a") == nil && root.string("i", "b") == nil)
        #expect(root.has("a", "l") && !root.has("a", "n") && !root.has("n"))
        #expect(root.integer("i") == 7 && root.double("d") == 0.5 && root.integer("d") == nil)
        #expect(root["a"]?.bool("t") == true)
        #expect(root["a"]?.list("l")?.map(\.integer) == [1, 2])
        #expect(root.has("e", text: "a") && !root.has("e", text: "b") && !root.has("i", text: "7"))
        #expect(root.has("a b", text: "x") && root.isObject)
    }
}
