using Google.Protobuf;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Xunit;
using static Tessera.Compiler.Tests.Conformance.Forms.Form;

namespace Tessera.Compiler.Tests.Fidelity;

/// <summary>
/// Nodes of an old opset over a value of unknown rank, which is what makes them be carried through: the model is written at a new
/// opset nevertheless, and gives what it gave.
/// </summary>
public class OldOpsetTests
{
    private static readonly int[] s_opsets = [7, 9, 11, 12, 16];

    public static IEnumerable<object[]> Nodes() =>
        Cases().SelectMany(static c => s_opsets.Where(o => o >= c.Since && o < c.Until).Select(o => new object[] { c.Name, o }));

    [Theory]
    [MemberData(nameof(Nodes))]
    public void Node_of_an_old_opset_does_not_hold_the_model_there(string name, int opset)
    {
        Case one = Cases().First(c => c.Name == name);
        ModelProto model = Model(one, opset);
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["model.onnx"], model.ToByteArray());
        using OnnxModel loaded = OnnxModel.Load(folder["model.onnx"]);
        CompiledModel compiled = loaded.Optimize(new OptimizeOptions { Target = EmitTarget.Portable, Opset = EmitOptions.DefaultOpset });
        Assert.Equal(EmitOptions.DefaultOpset, compiled.Emitted.Model.OpsetImport.Single(static o => o.Domain.Length == 0).Version);

        Dictionary<string, RefValue> inputs = one.Inputs.Select(static (v, i) => KeyValuePair.Create($"x{i}", v)).ToDictionary();
        using OrtRun before = new(model.ToByteArray());
        using OrtRun after = new(compiled.ToBytes());
        foreach ((RefValue a, RefValue b) in before.Run(inputs).Zip(after.Run(inputs)))
        {
            Assert.Equal(((RefTensor)a).Dims, ((RefTensor)b).Dims);
            Assert.Equal(RefTensors.ToContent((RefTensor)a), RefTensors.ToContent((RefTensor)b));
        }
    }

    [Fact]
    public void Node_that_is_not_known_holds_the_model_at_its_opset()
    {
        ModelProto model = Model(new Case("ArgMax", "ArgMax", [F(2, 3)], []), 11);
        model.Graph.Node.Insert(0, new NodeProto { OpType = "NoSuchOperator", Input = { "x0" }, Output = { "x1" } });
        model.Graph.Node[1].Input[0] = "x1";
        Assert.Equal(11, OnnxEmitter.Emit(OnnxReader.Read(model)).Model.OpsetImport.Single().Version);
    }

    private sealed record Case(string Name, string Op, RefValue[] Inputs, AttributeProto[] Attributes, int Outputs = 1, int Since = 7, int Until = 18);

    private static IEnumerable<Case> Cases()
    {
        RefTensor x = F(2, 3, 4);
        yield return new("ArgMax", "ArgMax", [x], []);
        yield return new("ArgMin of the middle", "ArgMin", [x], [A("axis", 1), A("keepdims", 0)]);
        yield return new("Clip", "Clip", [x], [A("min", -0.5), A("max", 0.25)], Until: 11);
        yield return new("Clip above", "Clip", [x], [A("max", 0.25)], Until: 11);
        yield return new("Conv", "Conv", [F(1, 2, 5, 5), F(3, 2, 3, 3)], []);
        yield return new("Dropout", "Dropout", [x], [A("ratio", 0.25)], Until: 12);
        yield return new("Flatten", "Flatten", [x], [A("axis", 2)]);
        yield return new("Gemm", "Gemm", [F(2, 3), F(3, 4), F(4)], [A("alpha", 0.5)]);
        yield return new("LRN", "LRN", [F(1, 4, 2, 2)], [A("size", 3)]);
        yield return new("Pad", "Pad", [x], [A("pads", new[] { 0, 1, 0, 0, 0, 2 }), A("value", 1.5)], Until: 11);
        yield return new("Reduction of all", "ReduceMean", [x], []);
        yield return new("Scatter", "Scatter", [F(2, 3), T(DType.I64, [1, 2], 1, 0), F(1, 2)], [], Since: 9, Until: 11);
        yield return new("Slice", "Slice", [x], [A("starts", new[] { 1 }), A("ends", new[] { 3 }), A("axes", new[] { 2 })], Until: 10);
        yield return new("Split", "Split", [x], [A("axis", 2), A("split", new[] { 1, 3 })], Outputs: 2, Until: 13);
        yield return new("Split in equal parts", "Split", [x], [A("axis", 2)], Outputs: 2);
        yield return new("Squeeze", "Squeeze", [F(1, 3, 1)], [A("axes", new[] { 2 })], Until: 13);
        yield return new("Squeeze of all", "Squeeze", [F(1, 3, 1)], []);
        yield return new("TopK", "TopK", [x], [A("k", 2)], Outputs: 2, Until: 10);
        yield return new("Transpose", "Transpose", [x], []);
        yield return new("Unsqueeze", "Unsqueeze", [x], [A("axes", new[] { 0, 2 })], Until: 13);
        yield return new("Upsample", "Upsample", [F(1, 1, 2, 2)], [A("scales", new[] { 1.0, 1, 2, 3 })], Until: 9);
        foreach (string op in (string[])["Hardmax", "Softmax", "LogSoftmax"])
        {
            yield return new(op, op, [x], []);
            yield return new($"{op} from the second", op, [x], [A("axis", 2)]);
            yield return new($"{op} of all", op, [x], [A("axis", 0)], Until: 13);
        }

        foreach (string op in (string[])["ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2", "ReduceLogSumExp", "ReduceSumSquare"])
        {
            yield return new(op, op, [x], [A("axes", new[] { 1 }), A("keepdims", 0)], Until: op == "ReduceSum" ? 13 : 18);
        }
    }

    private static ModelProto Model(Case one, int opset)
    {
        NodeProto node = new() { OpType = one.Op, Name = "the node", Attribute = { one.Attributes } };
        node.Input.AddRange(one.Inputs.Select(static (_, i) => $"x{i}"));
        node.Output.AddRange(Enumerable.Range(0, one.Outputs).Select(static i => $"y{i}"));
        GraphProto graph = new() { Name = "g", Node = { node } };
        graph.Input.AddRange(one.Inputs.Select(static (v, i) => Unranked($"x{i}", ((RefTensor)v).DType)));
        graph.Output.AddRange(node.Output.Select(static o => new ValueInfoProto { Name = o }));
        ModelProto model = new() { IrVersion = 4, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
        return model;
    }

    private static ValueInfoProto Unranked(string name, DType dtype) =>
        new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)dtype } } };
}
