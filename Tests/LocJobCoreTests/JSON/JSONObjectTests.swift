import Testing

@testable import LocJob

@Suite("A JSON object")
struct JSONObjectTests {
    private func with<R>(_ text: String, _ body: (JSONObject?) -> R) -> R {
        text.withView { body(JSONObject($0)) }
    }

    private func replaced(_ text: String, _ members: KeyValuePairs<String, String>) -> String {
        let memory = Memory()
        let buffer = ByteBuffer()
        let members = members.map { JSONObject.Member(name: memory.view($0.key), text: memory.view($0.value)) }
        with(text) { $0?.write(replacing: members, to: buffer) }
        return buffer.text
    }

    @Test(
        "is nothing else", arguments: ["", "[]", "null", "{", "{}x", "{\"a\":1,}", "{'a':1}", "\u{FEFF}{}", "{\"a\":\"\u{1}\"}"])
    func others(_ text: String) { with(text) { #expect($0 == nil) } }

    @Test("gives its members by name, the last of a name, escapes or not")
    func members() {
        with(#"{"a":"1","b":{"c":"2"},"\u0061":"3","n":12,"m":-1,"f":1.5,"e":"","x":null}"#) { object in
            #expect(object?.string("a")?.text == "3")
            #expect(object?.object("b")?.string("c")?.text == "2")
            #expect(object?.number("n") == 12)
            for name in ["m", "f", "e", "x", "none"] as [ByteView] {
                #expect(object?.number(name) == nil)
                #expect(object?.string(name) == nil)
                #expect(object?.object(name) == nil)
            }
        }
    }

    @Test("is written again with a member replaced, and all else to the byte")
    func replacing() {
        let text = #"{ "a" : 1.50 , "b":"old", "\ud800":[1, 2,{}], "c" : "\u00e9é" }"#
        #expect(replaced(text, ["b": #""new""#]) == #"{"a":1.50,"b":"new","\ud800":[1, 2,{}],"c":"\u00e9é"}"#)
    }

    @Test("takes a member that it has twice once, and one that it has not at its end")
    func adding() {
        #expect(replaced(#"{"a":1,"b":2,"\u0061":3}"#, ["a": "9", "new\"": "[]"]) == #"{"a":9,"b":2,"new\u0022":[]}"#)
        #expect(replaced("{}", ["a": "1", "b": "2"]) == #"{"a":1,"b":2}"#)
        #expect(replaced("{}", [:]) == "{}")
    }

    @Test("has strings that read back as what was written, whatever it was")
    func strings() {
        var random = SeededRandom(3)
        for _ in 0..<200 {
            let bytes = random.bytes(upTo: 40)
            let buffer = ByteBuffer()
            bytes.withExactView { buffer.append(jsonString: $0) }
            var lossy: Bytes = []
            bytes.withExactView { lossy.append(lossy: $0) }
            let read = try? JSONReader.document(buffer.view)
            #expect(read?.string == lossy)
        }
    }
}
