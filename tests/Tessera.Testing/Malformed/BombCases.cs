using Tessera.Ir;
using Tessera.Onnx.Proto;
using static Tessera.Testing.Malformed.Protos;

namespace Tessera.Testing.Malformed;

/// <summary>A few constants of which a compiler that computes ahead would make terabytes, or never come to an end.</summary>
internal static class BombCases
{
    private const long Huge = 1L << 40;

    public static IEnumerable<MalformedCase> All =>
    [
        Of("ConstantOfShape of terabytes", null, Constant("s", Longs("", Huge, 16)), Node("ConstantOfShape", "s", "y")),
        Of("ConstantOfShape of a product that overflows", null, Constant("s", Longs("", 1L << 40, 1L << 40)), Node("ConstantOfShape", "s", "y")),
        Of("ConstantOfShape of a negative size", null, Constant("s", Longs("", -3)), Node("ConstantOfShape", "s", "y")),
        Of("ConstantOfShape of whole numbers, summed up", null, Constant("s", Longs("", Huge)), Node("ConstantOfShape", "s", "c", Value(Longs("", 7))), Node("ReduceSum", "c", "y")),
        Of("Expand to terabytes", null, Constant("c", Longs("", 1)), Constant("s", Longs("", Huge)), Node("Expand", "c s", "y")),
        Of("Expand to nothing along one axis and everything along others", null, Constant("c", Tensor("", DType.I64, [0, 1, 1])), Constant("s", Longs("", 0, 1L << 62, 1L << 61)), Node("Expand", "c s", "y")),
        Of("Expand that is summed up again", null, Constant("c", Longs("", 1)), Constant("s", Longs("", Huge)), Node("Expand", "c s", "e"), Node("ReduceSum", "e", "y")),
        Of("Tile to terabytes", null, Constant("c", Longs("", 1, 2)), Constant("s", Longs("", Huge)), Node("Tile", "c s", "y")),
        Of("Tile of tiles", "TSR0101", [Constant("t0", Longs("", 1, 2)), Constant("s", Longs("", 1000)), .. Enumerable.Range(0, 20).Select(static i => Node("Tile", $"t{i} s", i == 19 ? "y" : $"t{i + 1}"))]),
        Of("Range of terabytes", null, Constant("a", Scalar("", 0)), Constant("b", Scalar("", Huge)), Constant("d", Scalar("", 1)), Node("Range", "a b d", "y")),
        Of("Range that overflows", null, Constant("a", Scalar("", long.MinValue)), Constant("b", Scalar("", long.MaxValue)), Constant("d", Scalar("", 1)), Node("Range", "a b d", "y")),
        Of("Range with a step of zero", null, Constant("a", Scalar("", 0)), Constant("b", Scalar("", 9)), Constant("d", Scalar("", 0)), Node("Range", "a b d", "y")),
        Of("Pad by terabytes", null, Constant("c", Longs("", 1)), Constant("p", Longs("", Huge, Huge)), Node("Pad", "c p", "y")),
        Of("Pad by a sum that overflows", "TSR0101", Constant("c", Longs("", 1)), Constant("p", Longs("", long.MaxValue, long.MaxValue)), Node("Pad", "c p", "y")),
        Of("OneHot of terabytes", null, Constant("i", Longs("", 1)), Constant("d", Scalar("", Huge)), Constant("v", Longs("", 0, 1)), Node("OneHot", "i d v", "y")),
        Of("EyeLike of terabytes", null, Constant("s", Longs("", 1L << 22, 1L << 22)), Node("ConstantOfShape", "s", "c", Value(Longs("", 7))), Node("EyeLike", "c", "y")),
        Of("Concat that doubles forty times", null, [Constant("c0", Longs("", 1)), .. Enumerable.Range(0, 40).Select(static i => Node("Concat", $"c{i} c{i}", i == 39 ? "y" : $"c{i + 1}", Int("axis", 0)))]),
        Weighted("Concat of a weight that doubles forty times", [.. Enumerable.Range(0, 40).Select(static i => Node("Concat", $"w{i} w{i}", i == 39 ? "y" : $"w{i + 1}", Int("axis", 0)))]),
        Weighted("Transposes of a weight, ten thousand", [.. Enumerable.Range(0, 10_000).Select(static i => Node("Transpose", $"w{i}", i == 9_999 ? "y" : $"w{i + 1}", Ints("perm", 1, 0)))]),
        Of("Add that doubles a tensor's expression forty times", null, [Constant("c0", Longs("", 1, 2, 3)), .. Enumerable.Range(0, 70).Select(static i => Node("Add", $"c{i} c{i}", i == 69 ? "y" : $"c{i + 1}"))]),
        Of("sizes that square sixty times", null, [Node("Size", "x", "c0"), .. Enumerable.Range(0, 60).Select(static i => Node("Mul", $"c{i} c{i}", i == 59 ? "y" : $"c{i + 1}"))]),
        Of("symbolic sizes that square twelve times", null, Symbolic(12)),
        Of("Loop of 2^62 rounds over constants", null, Rounds("k", 1L << 62)),
        Of("Loop of no limit over constants", null, Rounds("_", 1)),
        Of("Scan of a million rounds over constants", null, Constant("s", Longs("", 1_000_000)), Node("ConstantOfShape", "s", "c", Value(Longs("", 7))), Node("Scan", "c", "y", Int("num_scan_inputs", 1), Body("body", ScanBody()))),
        Of("Einsum over forty axes of constants", null, Ones("c", 20, 2), Node("Einsum", "c c", "y", Text("equation", "abcdefghijklmnopqrst,ABCDEFGHIJKLMNOPQRST->"))),
        Of("Einsum of six vectors to one number", null, Ones("c", 1, 60_000), Node("Einsum", "c c c c c c", "y", Text("equation", "a,b,c,d,e,f->"))),
        Of("MatMul of constants to one number", null, Ones("c", 1, 60_000), Node("MatMul", "c c", "y")),
        Of("MaxPool with a window of terabytes", null, Constant("c", Tensor("", DType.U8, [1, 1, 4], 1, 2, 3, 4)), Node("MaxPool", "c", "y", Ints("kernel_shape", Huge), Ints("pads", Huge / 2, Huge / 2))),
        Of("MaxPool with a stride of zero", null, Node("MaxPool", "x", "y", Ints("kernel_shape", 1), Ints("strides", 0))),
        Of("Conv with a dilation of 2^62", null, Constant("w", Tensor("", DType.F32, [1, 3, 2], new byte[24])), Node("Conv", "x w", "y", Ints("dilations", 1L << 62))),
        Of("Resize to terabytes", null, Constant("s", Longs("", Huge, 3)), Node("Resize", "x _ _ s", "y")),
        Of("Upsample by a factor of 2^60", null, Constant("f", Tensor("", DType.F32, [2], [.. BitConverter.GetBytes(1.15e18f), .. BitConverter.GetBytes(1f)])), Node("Resize", "x _ f", "y")),
        Of("TopK of more than there is", "TSR0203", Constant("k", Longs("", Huge)), Node("TopK", "x k", "y z")),
        Of("CenterCropPad to terabytes", null, Constant("s", Longs("", Huge, 3)), Node("CenterCropPad", "x s", "y")),
        Of("HannWindow of terabytes", null, Constant("n", Scalar("", Huge)), Node("HannWindow", "n", "y")),
        Of("MelWeightMatrix of terabytes", null, Constant("n", Scalar("", Huge)), Constant("f", Tensor("", DType.F32, [], BitConverter.GetBytes(1f))), Node("MelWeightMatrix", "n n n f f", "y")),
        Of("a random tensor of terabytes", null, Node("RandomNormal", "", "y", Ints("shape", Huge, 16))),
        Of("Split into a billion parts", null, Node("Split", "x", "y", Int("num_outputs", 1_000_000_000))),
        Of("Reshape to what overflows", "TSR0101", Constant("s", Longs("", 1L << 62, 1L << 62)), Node("Reshape", "x s", "y")),
        Of("Gather far out of range", null, Constant("c", Longs("", 1, 2)), Constant("i", Longs("", Huge)), Node("Gather", "c i", "y")),
        Of("Slice with extremes", null, Constant("c", Longs("", 1, 2)), Constant("a", Longs("", long.MinValue)), Constant("b", Longs("", long.MaxValue)), Constant("t", Longs("", long.MinValue)), Constant("u", Longs("", 0)), Node("Slice", "c a b u t", "y")),
        Of("integer division by zero", null, Constant("a", Longs("", 1)), Constant("b", Longs("", 0)), Node("Div", "a b", "y")),
        Of("integer division that overflows", null, Constant("a", Longs("", long.MinValue)), Constant("b", Longs("", -1)), Node("Div", "a b", "y")),
        Of("integer remainder that overflows", null, Constant("a", Longs("", long.MinValue)), Constant("b", Longs("", -1)), Node("Mod", "a b", "y")),
        Of("a regular expression that backtracks", null, Constant("t", new TensorProto { DataType = (int)DType.String, Dims = { 1 }, StringData = { Google.Protobuf.ByteString.CopyFromUtf8(new string('a', 60) + "b") } }), Node("RegexFullMatch", "t", "y", Text("pattern", "(a|a)*(a|a)*(a|a)*c"))),
        Of("an axis of 2^62", null, Node("Softmax", "x", "y", Int("axis", 1L << 62))),
        Of("a hundred thousand attributes", null, Node("Mystery", "x", "y", Enumerable.Range(0, 100_000).Select(static i => Int($"a{i}", i)))),
        Of("ten thousand inputs", null, Node("Sum", string.Join(' ', Enumerable.Repeat("x", 10_000)), "y")),
        new("more nodes than allowed", "TSR0830", Model(Enumerable.Range(0, 1_000_001).Select(static i => new NodeProto { OpType = "A" }))),
    ];

    private static MalformedCase Of(string name, string? code, params IEnumerable<NodeProto> nodes) => new(name, code, Model(nodes));

    private static MalformedCase Weighted(string name, params IEnumerable<NodeProto> nodes) =>
        new(name, null, Model(nodes).With(static m => m.Graph.Initializer.Add(Tensor("w0", DType.F32, [2, 2], new byte[16]))));

    private static AttributeProto Value(TensorProto tensor) => Constant("", tensor).Attribute[0].Named("value");

    private static AttributeProto Named(this AttributeProto attribute, string name)
    {
        attribute.Name = name;
        return attribute;
    }

    private static NodeProto Ones(string name, int rank, long size)
    {
        long count = (long)Math.Pow(size, rank);
        TensorProto tensor = new() { DataType = (int)DType.I32, Dims = { Enumerable.Repeat(size, rank) } };
        tensor.Int32Data.AddRange(Enumerable.Repeat(1, (int)count));
        return Constant(name, tensor);
    }

    private static IEnumerable<NodeProto> Symbolic(int times) =>
    [
        Node("NonZero", "x", "nz"), Node("Shape", "nz", "s"), Constant("one", Longs("", 1)), Node("Add", "s one", "c0"),
        .. Enumerable.Range(0, times).Select(i => Node("Mul", $"c{i} c{i}", i == times - 1 ? "y" : $"c{i + 1}")),
    ];

    private static IEnumerable<NodeProto> Rounds(string limit, long count)
    {
        GraphProto body = new() { Name = "round" };
        body.Input.AddRange([Info("i", DType.I64), Info("more", DType.Bool), Info("v", DType.I64)]);
        body.Node.AddRange([Node("Add", "v i", "w"), Node("Identity", "more", "again")]);
        body.Output.AddRange([Info("again", DType.Bool), Info("w", DType.I64)]);
        return [Constant("k", Scalar("", count)), Constant("t", Tensor("", DType.Bool, [], 1)), Constant("v0", Scalar("", 0)), Node("Loop", $"{limit} t v0", "y", Body("body", body))];
    }

    private static GraphProto ScanBody()
    {
        GraphProto body = new() { Name = "step" };
        body.Input.Add(Info("e", DType.I64));
        body.Node.Add(Node("Neg", "e", "f"));
        body.Output.Add(Info("f", DType.I64));
        return body;
    }
}
