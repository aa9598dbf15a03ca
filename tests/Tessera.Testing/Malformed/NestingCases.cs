using Tessera.Ir;
using Tessera.Onnx.Proto;
using static Tessera.Testing.Malformed.Protos;

namespace Tessera.Testing.Malformed;

/// <summary>Graphs, functions and types that nest without end or grow without bound.</summary>
internal static class NestingCases
{
    public static IEnumerable<MalformedCase> All =>
    [
        new("a function that calls itself", "TSR0814", Functions(Function("F0", Call("F0", "a", "b")))),
        new("functions that call each other", "TSR0814", Functions(Function("F0", Call("F1", "a", "b")), Function("F1", Call("F0", "a", "b")))),
        new("a function that calls itself in a subgraph", "TSR0814", Functions(Function("F0", Constant("c", Tensor("", DType.Bool, [], 1)), Node(
            "If", "c", "b", Body("then_branch", Branch(Call("F0", "a", "r"))), Body("else_branch", Branch(Node("Abs", "a", "r"))))))),
        new("a function that calls itself and that nothing calls", "TSR0814", Model(Node("Abs", "x", "y")).With(static m => m.Functions.Add(Function("F0", Call("F0", "a", "b"))))),
        new("functions of which each calls the next", "TSR0830", Chain(2000, static (_, next) => [Call(next, "a", "b")])),
        new("functions of which each calls the next twice", "TSR0830", Chain(40, static (_, next) => [Call(next, "a", "c"), Call(next, "c", "b")])),
        new("functions of which each calls the next a hundred times", "TSR0830", Chain(9, static (_, next) =>
            [.. Enumerable.Range(0, 100).Select(i => Call(next, i == 0 ? "a" : $"c{i}", i == 99 ? "b" : $"c{i + 1}"))])),
        new("functions that nest as deep as they may", null, Chain(40, static (_, next) => [Call(next, "a", "b")])),
        new("branches within branches, too deep", "TSR0830", Nested(60, alike: false)),
        new("branches within branches, beyond protobuf", "TSR0820", Nested(400, alike: false)),
        new("branches within branches, as deep as they may", null, Nested(44, alike: false)),
        new("branches within both branches", null, Nested(10, alike: true)),
        new("a condition of which each part is the one before, twice", null, Deciding(64, static (from, to) => Node("And", $"{from} {from}", to))),
        new("a condition of which each part denies the one before", null, Deciding(50_000, static (from, to) => Node("Not", from, to))),
        new("unknown nodes within unknown nodes", null, Model(Unknown(40))),
        new("loops within loops", null, Model(Loops(12))),
        new("sequences of sequences", null, Typed(60)),
        new("sequences of sequences, beyond protobuf", "TSR0820", Typed(1000)),
        new("a size of ten thousand brackets", null, Sized(new string('(', 10_000) + "n" + new string(')', 10_000))),
        new("a size of many products", null, Sized(string.Join(" * ", Enumerable.Range(0, 2000).Select(static i => $"(a{i} + b{i})")))),
        new("a size that divides by zero", null, Sized("floordiv(n, 0)")),
    ];

    private static ModelProto Functions(params FunctionProto[] functions) => Model(Call("F0", "x", "y")).With(m => m.Functions.AddRange(functions));

    private static ModelProto Chain(int count, Func<int, string, IEnumerable<NodeProto>> body) => Functions(
        [.. Enumerable.Range(0, count).Select(i => Function($"F{i}", i == count - 1 ? [Node("Abs", "a", "b")] : body(i, $"F{i + 1}")))]);

    // Conditions are data, so that nothing folds; each level has names of its own.
    private static ModelProto Nested(int depth, bool alike)
    {
        GraphProto inner = Branch(Node("Abs", "x", "r"));
        for (int i = 0; i < depth; i++)
        {
            GraphProto other = alike ? inner.Clone() : Branch(Node("Neg", "x", "r"));
            inner = Branch(Node("If", "p", "r", Body("then_branch", inner), Body("else_branch", other)));
        }

        NodeProto outermost = inner.Node[0].Clone();
        outermost.Output[0] = "y";
        return Model(outermost).With(static m => m.Graph.Input.Add(Info("p", DType.Bool)));
    }

    private static ModelProto Deciding(int steps, Func<string, string, NodeProto> step) => Model(
        [
            .. Enumerable.Range(0, steps).Select(i => step(i == 0 ? "p" : $"c{i}", $"c{i + 1}")),
            Node("If", $"c{steps}", "y", Body("then_branch", Branch(Node("Abs", "x", "r"))), Body("else_branch", Branch(Node("Neg", "x", "r")))),
        ]).With(static m => m.Graph.Input.Add(Info("p", DType.Bool)));

    private static NodeProto Unknown(int depth)
    {
        NodeProto node = Node("Mystery", "x", "r");
        for (int i = 0; i < depth; i++)
        {
            node = Node("Mystery", "x", i == depth - 1 ? "y" : "r", Body("body", Branch(node)));
        }

        return node;
    }

    private static IEnumerable<NodeProto> Loops(int depth)
    {
        GraphProto body = Round(Node("Abs", "v", "w"));
        for (int i = 1; i < depth; i++)
        {
            body = Round(Node("Loop", "k more v", "w", Body("body", body)));
        }

        return [Constant("k", Scalar("", 1L << 62)), Constant("t", Tensor("", DType.Bool, [], 1)), Node("Loop", "k t x", "y", Body("body", body))];
    }

    private static GraphProto Round(NodeProto node)
    {
        GraphProto graph = new() { Name = "round" };
        graph.Input.AddRange([Info("i", DType.I64), Info("more", DType.Bool), Info("v", DType.F32, 2, 3)]);
        graph.Node.AddRange([node, Node("Identity", "more", "again")]);
        graph.Output.AddRange([Info("again", DType.Bool), Info("w", DType.F32, 2, 3)]);
        return graph;
    }

    private static ModelProto Typed(int depth)
    {
        TypeProto type = Info("", DType.F32, 1).Type;
        for (int i = 0; i < depth; i++)
        {
            type = new TypeProto { SequenceType = new TypeProto.Types.Sequence { ElemType = type } };
        }

        return Model(Node("Identity", "s", "y")).With(m => m.Graph.Input.Add(new ValueInfoProto { Name = "s", Type = type }));
    }

    private static ModelProto Sized(string size)
    {
        ValueInfoProto info = Info("z", DType.F32, 1);
        info.Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimParam = size };
        return Model(Node("Abs", "z", "y")).With(m => m.Graph.Input.Add(info));
    }
}
