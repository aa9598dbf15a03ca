using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using static Tessera.Testing.Malformed.Protos;

namespace Tessera.Testing.Malformed;

/// <summary>Names that are there twice, not at all, or too late; and cycles.</summary>
internal static class NameCases
{
    public static IEnumerable<MalformedCase> All =>
    [
        new("a value that a later node makes", "TSR0811", Model(Node("Abs", "z", "y"), Node("Neg", "x", "z"))),
        new("two nodes that need each other", "TSR0811", Model(Node("Add", "x b", "a"), Node("Add", "x a", "b"), Node("Abs", "a", "y"))),
        new("a node that needs itself", "TSR0811", Model(Node("Add", "x y", "y"))),
        new("a name that nothing makes", "TSR0811", Model(Node("Abs", "nothing", "y"))),
        new("an output that nothing makes", "TSR0811", Model(Node("Abs", "x", "z"))),
        new("an output without a name", "TSR0832", Model(Node("Abs", "x", "y")).With(static m => m.Graph.Output[0].Name = "")),
        new("an input without a name", "TSR0832", Model(Node("Abs", "x", "y")).With(static m => m.Graph.Input.Add(new ValueInfoProto()))),
        new("an initializer without a name", "TSR0832", Model(Node("Abs", "x", "y")).With(static m => m.Graph.Initializer.Add(Longs("", 1)))),
        new("a node without an op", "TSR0832", Model(Node("", "x", "y"))),
        new("two inputs of one name", "TSR0831", Model(Node("Abs", "x", "y")).With(static m => m.Graph.Input.Add(m.Graph.Input[0]))),
        new("two outputs of one name", "TSR0120", Model(Node("Abs", "x", "y")).With(static m => m.Graph.Output.Add(m.Graph.Output[0]))),
        new("two initializers of one name", "TSR0831", Model(Node("Abs", "x", "y")).With(static m => m.Graph.Initializer.AddRange([Longs("w", 1), Longs("w", 2)]))),
        new("two results of one name", "TSR0831", Model(Node("Abs", "x", "y"), Node("Neg", "x", "y"))),
        new("two results of one node of one name", "TSR0831", Model(Node("Split", "x", "y y", Int("axis", 0), Int("num_outputs", 2)))),
        new("a result named as an input", "TSR0831", Model(Node("Abs", "x", "x"), Node("Neg", "x", "y"))),
        new("a result named as an initializer", "TSR0831", Model(Node("Abs", "x", "y")).With(static m => m.Graph.Initializer.Add(Longs("y", 1)))),
        new("an attribute given twice", "TSR0831", Model(Node("Softmax", "x", "y", Int("axis", 0), Int("axis", 1)))),
        new("two functions of one name", "TSR0813", Model(Node("Abs", "x", "y")).With(static m => m.Functions.AddRange([Function("F"), Function("F")]))),
        new("two inputs of one name of a function", "TSR0831", Model(Call("F", "x", "y")).With(static m => m.Functions.Add(Function("F", Node("Abs", "a", "b")).WithInput("a")))),
        new("a function that does not make its result", "TSR0811", Model(Call("F", "x", "y")).With(static m => m.Functions.Add(Function("F", Node("Abs", "a", "c"))))),
        new("a function that names a value of the model", "TSR0811", Model(Node("Abs", "x", "outer"), Call("F", "x", "y")).With(static m => m.Functions.Add(Function("F", Node("Abs", "outer", "b"))))),
        new("a subgraph that does not make its result", "TSR0811", Conditional(Branch(Node("Abs", "x", "q")))),
        new("a subgraph that names what nothing makes", "TSR0811", Conditional(Branch(Node("Abs", "nothing", "r")))),
        new("NUL in the name of a value", "TSR0832", Model(Node("Abs", "x", "a\0b"), Node("Neg", "a\0b", "y"))),
        new("NUL in the name of a node", "TSR0832", Model(Node("Abs", "x", "y").Named("a\0b"))),
        new("NUL in the name of an input", "TSR0832", Model(Node("Abs", "x", "y")).With(static m => m.Graph.Input.Add(Info("a\0b", DType.F32, 1)))),
        MalformedCase.Raw("a name that is no UTF-8", "TSR0820", static () => Patched(Model(Node("Abs", "x", "odd"), Node("Abs", "odd", "y")), "odd", [0xFF, 0xFE, 0x80])),
        MalformedCase.Raw("two names that differ in what is no UTF-8", "TSR0820", static () => Patched(Model(Node("Abs", "x", "odd"), Node("Abs", "odd", "y")), "odd", [0xC3, 0x28, 0x41])),
        MalformedCase.Raw("documentation that is no UTF-8", "TSR0820", static () => Patched(Model(Node("Abs", "x", "y")).With(static m => m.DocString = "odd!"), "odd!", [0xFF, 0xFE, 0x80, 0x21])),
        new("names with paths and quotes", null, Model(Node("Abs", "x", "../../etc/passwd"), Node("Neg", "../../etc/passwd", "y").Named("\"'\n\t{}[red]"))),
        new("a name of a million letters", null, Model(Node("Abs", "x", new string('n', 1_000_000)), Node("Neg", new string('n', 1_000_000), "y").Named(new string('m', 1_000_000)))),
        new("an initializer that nothing uses and that is an input", null, Model(Node("Abs", "x", "y")).With(static m => m.Graph.Initializer.Add(Tensor("x", DType.F32, [2, 3], new byte[24])))),
    ];

    private static ModelProto Conditional(GraphProto branch) => Model(
        Constant("c", Tensor("", DType.Bool, [], 1)), Node("If", "c", "y", Body("then_branch", branch), Body("else_branch", Branch(Node("Neg", "x", "r")))));

    private static FunctionProto WithInput(this FunctionProto function, string name)
    {
        function.Input.Add(name);
        return function;
    }

    private static NodeProto Named(this NodeProto node, string name)
    {
        node.Name = name;
        return node;
    }

    // The bytes with each occurrence of a text replaced by as many bytes.
    private static byte[] Patched(ModelProto model, string text, byte[] bytes)
    {
        byte[] file = model.ToByteArray();
        byte[] wanted = System.Text.Encoding.UTF8.GetBytes(text);
        for (int i = 0; i + wanted.Length <= file.Length; i++)
        {
            if (file.AsSpan(i, wanted.Length).SequenceEqual(wanted))
            {
                bytes.CopyTo(file, i);
            }
        }

        return file;
    }
}
