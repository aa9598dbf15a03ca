using Google.Protobuf;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;
using Tessera.Onnx.Proto;
using Xunit;
using Kind = Tessera.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Tessera.Onnx.Tests.Import;

/// <summary>What a model says at its interface comes out again: defaults of inputs, sparse weights, names of sizes, words.</summary>
public class InterfaceTests
{
    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(10, true)]
    public void Initializer_that_is_an_input_may_be_replaced_since_ir_4(int ir, bool stays)
    {
        ModelProto model = Sum(opset: 9);
        model.IrVersion = ir;
        model.Graph.Input.Add(Info("w", 2));
        model.Graph.Initializer.Add(Vector("w", 3, 4));
        Graph graph = OnnxReader.Read(model);
        Assert.Equal(stays ? 2 : 1, graph.Inputs.Count);
        byte[] written = OnnxEmitter.Emit(graph).ToBytes();
        using OrtRun run = new(written);
        Dictionary<string, RefValue> inputs = new() { ["x"] = RefTensor.Floats(DType.F32, [2], [1, 2]) };
        Assert.Equal([4, 6], ((RefTensor)run.Run(inputs)[0]).F);
        Assert.Equal([4, 6], ((RefTensor)Evaluator.Run(graph, inputs)[0]).F);
        Graph again = OnnxReader.Read(ModelProto.Parser.ParseFrom(written));
        Assert.Equal(graph.Defaults.Keys, again.Defaults.Keys);
        if (stays)
        {
            inputs["w"] = RefTensor.Floats(DType.F32, [2], [10, 20]);
            Assert.Equal([11, 22], ((RefTensor)run.Run(inputs)[0]).F);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sparse_initializers_are_weights(bool coordinates)
    {
        ModelProto model = Sum(opset: 13);
        SparseTensorProto sparse = new() { Values = Vector("w", 7) };
        sparse.Dims.Add(2);
        sparse.Indices = new TensorProto { DataType = (int)DType.I64, Int64Data = { 1 } };
        sparse.Indices.Dims.AddRange(coordinates ? [1, 1] : [1]);
        model.Graph.SparseInitializer.Add(sparse);
        Assert.Equal([1, 9], Run(model));

        sparse.Indices.Int64Data[0] = 2;
        Assert.Equal("TSR0823", Assert.Throws<TesseraException>(() => OnnxReader.Read(model)).Code);
        sparse.Dims[0] = 1L << 40;
        Assert.Equal("TSR0830", Assert.Throws<TesseraException>(() => OnnxReader.Read(model)).Code);
    }

    [Fact]
    public void Sparse_constants_are_constants()
    {
        ModelProto model = Sum(opset: 13);
        SparseTensorProto sparse = new() { Values = Vector("", 7), Indices = new TensorProto { DataType = (int)DType.I64, Dims = { 1 }, Int64Data = { 0 } }, Dims = { 2 } };
        NodeProto constant = new() { OpType = "Constant", Output = { "w" } };
        constant.Attribute.Add(new AttributeProto { Name = "sparse_value", Type = Kind.SparseTensor, SparseTensor = sparse });
        model.Graph.Node.Insert(0, constant);
        Assert.Equal([8, 2], Run(model));
    }

    [Fact]
    public void Words_and_names_of_sizes_come_out_again()
    {
        ModelProto model = new() { IrVersion = 8, DocString = "what it is", Graph = new GraphProto { Name = "g", DocString = "its graph" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 13 });
        model.Graph.Input.Add(Info("x", 2));
        model.Graph.Input[0].DocString = "two numbers";
        ValueInfoProto found = new() { Name = "y", DocString = "where", Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DType.I64, Shape = new TensorShapeProto() } } };
        found.Type.TensorType.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 1 });
        found.Type.TensorType.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "hits" });
        model.Graph.Output.Add(found);
        model.Graph.Node.Add(new NodeProto { OpType = "NonZero", Input = { "x" }, Output = { "y" } });
        ModelProto written = OnnxEmitter.Emit(OnnxReader.Read(model)).Model;
        Assert.Equal(("what it is", "its graph"), (written.DocString, written.Graph.DocString));
        Assert.Equal(("two numbers", "where"), (written.Graph.Input[0].DocString, written.Graph.Output[0].DocString));
        Assert.Equal("hits", written.Graph.Output[0].Type.TensorType.Shape.Dim[1].DimParam);
    }

    [Theory]
    [InlineData("n", "n")]
    [InlineData("2*n + 1", "2*n + 1")]
    [InlineData("n - 100", "n - 100")]
    [InlineData("n-100", "\"n-100\"")]
    [InlineData("seq-len", "\"seq-len\"")]
    [InlineData("1 + n", "\"1 + n\"")]
    [InlineData("(n - 1)//2 + 1", "\"(n - 1)//2 + 1\"")]
    [InlineData("odd name", "\"odd name\"")]
    [InlineData("\"quoted\"", "\"\\\"quoted\\\"\"")]
    [InlineData("größe ∞\t", "\"größe ∞\\u0009\"")]
    [InlineData("7", "\"7\"")]
    [InlineData("min", "\"min\"")]
    [InlineData("*", "\"*\"")]
    [InlineData("?", "\"?\"")]
    public void Size_is_what_it_is_called(string spelling, string size)
    {
        ModelProto model = Sum(opset: 13);
        model.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimParam = spelling };
        model.Graph.Input.Add(model.Graph.Input[0].Clone());
        model.Graph.Input[1].Name = "w";
        model.Graph.Output[0].Type = model.Graph.Input[0].Type.Clone();
        Graph graph = OnnxReader.Read(model);
        Assert.Equal($"f32[{size}]", graph.Inputs[0].Type.ToString());
        string text = Printer.Print(graph);
        Assert.Equal(text, Printer.Print(Parser.Parse(text)));
        ModelProto written = OnnxEmitter.Emit(graph).Model;
        Assert.All(written.Graph.Input.Concat(written.Graph.Output), v => Assert.Equal(spelling, v.Type.TensorType.Shape.Dim[0].DimParam));
        Assert.Equal(text, Printer.Print(OnnxReader.Read(written)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("\u0001n")]
    public void Size_without_a_name_is_no_claim(string spelling)
    {
        ModelProto model = Sum(opset: 13);
        model.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimParam = spelling };
        model.Graph.Input.Add(model.Graph.Input[0].Clone());
        model.Graph.Input[1].Name = "w";
        Graph graph = OnnxReader.Read(model);
        Assert.Equal(("f32[x_0]", "f32[w_0]"), (graph.Inputs[0].Type.ToString(), graph.Inputs[1].Type.ToString()));
        Assert.Equal([5, 9], ((RefTensor)Evaluator.Run(graph, new Dictionary<string, RefValue>
        {
            ["x"] = RefTensor.Floats(DType.F32, [2], [1, 5]),
            ["w"] = RefTensor.Floats(DType.F32, [1], [4]),
        })[0]).F);
    }

    [Fact]
    public void Key_of_metadata_that_is_given_twice_is_told_and_the_last_holds()
    {
        ModelProto model = Sum(opset: 13);
        model.Graph.Initializer.Add(Vector("w", 1, 2));
        model.MetadataProps.Add([new() { Key = "a", Value = "1" }, new() { Key = "b", Value = "2" }, new() { Key = "a", Value = "3" }]);
        ReadNotes notes = new();
        Graph graph = OnnxReader.Read(model, notes: notes);
        Assert.Equal(["a"], notes.RepeatedKeys);
        Assert.Equal(("3", "2"), (graph.Metadata["a"], graph.Metadata["b"]));
    }

    // The body claims one row of what it cuts by its round; how many a run tells.
    [Fact]
    public void Size_that_a_loop_claims_of_what_it_gathers_holds_without_rounds()
    {
        ModelProto model = new() { IrVersion = 8, Graph = new GraphProto { Name = "g" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 13 });
        GraphProto body = new() { Name = "body" };
        body.Input.Add([Scalar("i", DType.I64), Scalar("c", DType.Bool)]);
        body.Node.Add(new NodeProto { OpType = "Unsqueeze", Input = { "i", "zero" }, Output = { "from" } });
        body.Node.Add(new NodeProto { OpType = "Identity", Input = { "c" }, Output = { "go" } });
        body.Node.Add(new NodeProto { OpType = "Slice", Input = { "x", "from", "end" }, Output = { "row" } });
        body.Output.Add([Scalar("go", DType.Bool), Info("row", 1)]);
        model.Graph.Input.Add([Info("x", 2), Scalar("trips", DType.I64), Info("end", 1)]);
        model.Graph.Input[2].Type.TensorType.ElemType = (int)DType.I64;
        model.Graph.Initializer.Add(new TensorProto { Name = "zero", DataType = (int)DType.I64, Dims = { 1 }, Int64Data = { 0 } });
        NodeProto loop = new() { OpType = "Loop", Input = { "trips", "" }, Output = { "y" } };
        loop.Attribute.Add(new AttributeProto { Name = "body", Type = Kind.Graph, G = body });
        model.Graph.Node.Add(loop);
        model.Graph.Output.Add(new ValueInfoProto { Name = "y" });
        Dictionary<string, RefValue> inputs = new()
        {
            ["x"] = RefTensor.Floats(DType.F32, [2], [1, 2]),
            ["trips"] = RefTensor.Scalar(0),
            ["end"] = RefTensor.Ints(DType.I64, [1], [1]),
        };
        using OrtRun original = new(model.ToByteArray());
        using OrtRun written = new(OnnxEmitter.Emit(OnnxReader.Read(model)).ToBytes());
        Assert.Equal([0, 1], ((RefTensor)original.Run(inputs)[0]).Dims);
        Assert.Equal([0, 1], ((RefTensor)written.Run(inputs)[0]).Dims);
    }

    private static ValueInfoProto Scalar(string name, DType dtype)
    {
        ValueInfoProto info = Info(name, 1);
        (info.Type.TensorType.ElemType, info.Type.TensorType.Shape) = ((int)dtype, new TensorShapeProto());
        return info;
    }

    private static double[] Run(ModelProto model)
    {
        using OrtRun run = new(OnnxEmitter.Emit(OnnxReader.Read(model)).ToBytes());
        return ((RefTensor)run.Run(new Dictionary<string, RefValue> { ["x"] = RefTensor.Floats(DType.F32, [2], [1, 2]) })[0]).F;
    }

    // y = x + w
    private static ModelProto Sum(int opset)
    {
        ModelProto model = new() { IrVersion = 8, Graph = new GraphProto { Name = "g" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
        model.Graph.Input.Add(Info("x", 2));
        model.Graph.Output.Add(Info("y", 2));
        model.Graph.Node.Add(new NodeProto { OpType = "Add", Input = { "x", "w" }, Output = { "y" } });
        return model;
    }

    private static TensorProto Vector(string name, params float[] values) => new() { Name = name, DataType = (int)DType.F32, Dims = { values.Length }, FloatData = { values } };

    private static ValueInfoProto Info(string name, long size)
    {
        TensorShapeProto shape = new();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DType.F32, Shape = shape } } };
    }
}
