using Google.Protobuf;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Ir.Text;
using Tessera.Onnx.Proto;
using Xunit;
using Kind = Tessera.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Tessera.Onnx.Tests.Import;

/// <summary>Models from elsewhere: what is not known is carried through, functions are inlined, claims are no proofs.</summary>
public class ForeignModelTests
{
    [Fact]
    public void Unknown_node_is_carried_through_with_its_attributes()
    {
        ModelProto model = Model(["x: f32[n]"], ["y: f32[n]"], Node("Mystery", ["x", "", "x"], ["", "y"], Int("level", 7)));
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "org.example", Version = 3 });
        model.Graph.Node[0].Domain = "org.example";
        ReadNotes notes = new();
        Graph graph = OnnxReader.Read(model, notes: notes);
        Assert.Equal("org.example:Mystery (opset 3)", Assert.Single(notes.Carried).Op);

        ModelProto written = OnnxEmitter.Emit(graph).Model;
        NodeProto node = Assert.Single(written.Graph.Node);
        Assert.Equal(["x", "", "x"], node.Input);
        Assert.Equal(["", "y"], node.Output);
        Assert.Equal(7, Assert.Single(node.Attribute).I);
        Assert.Contains(written.OpsetImport, static o => o is { Domain: "org.example", Version: 3 });
    }

    [Fact]
    public void Nodes_that_look_alike_and_are_unknown_stay_two()
    {
        ModelProto model = Model(["x: f32[n]"], ["a: f32[n]", "b: f32[n]"], Node("Noise", ["x"], ["a"]), Node("Noise", ["x"], ["b"]));
        Graph graph = OnnxReader.Read(model);
        Assert.Equal(2, graph.PostOrder().OfType<Opaque>().Count());
        Assert.Equal(Printer.Print(graph), Printer.Print(Parser.Parse(Printer.Print(graph))));
    }

    [Fact]
    public void Subgraph_of_an_unknown_node_keeps_what_it_captures()
    {
        GraphProto body = new() { Name = "body" };
        body.Node.Add(Node("Add", ["inner", "outer"], ["sum"]));
        body.Input.Add(Info("inner: f32[n]"));
        body.Output.Add(Info("sum: f32[n]"));
        AttributeProto attribute = new() { Name = "body", Type = Kind.Graph, G = body };
        ModelProto model = Model(
            ["x: f32[n]"], ["y: f32[n]"], Node("Neg", ["x"], ["outer"]), Node("Fold", ["x"], ["y"], attribute), Node("Abs", ["outer"], ["sum"]));
        GraphProto written = OnnxEmitter.Emit(OnnxReader.Read(model)).Model.Graph;
        NodeProto fold = written.Node.Single(static n => n.OpType == "Fold");
        NodeProto add = Assert.Single(fold.Attribute[0].G.Node);
        Assert.Equal(fold.Attribute[0].G.Input[0].Name, add.Input[0]);
        Assert.Equal(written.Node.Single(static n => n.OpType == "Neg").Output[0], add.Input[1]);
        Assert.Equal(fold.Attribute[0].G.Output[0].Name, add.Output[0]);
    }

    [Fact]
    public void Place_of_a_node_is_its_name_else_that_of_its_result_below_the_call()
    {
        FunctionProto function = new() { Domain = "local", Name = "Twice", Input = { "x" }, Output = { "y" } };
        function.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        function.Node.Add(Node("Add", ["x", "x"], ["y"]));
        NodeProto call = Node("Twice", ["a"], ["b"]);
        (call.Domain, call.Name) = ("local", "here");
        NodeProto unnamed = Node("Neg", ["x"], ["a"]);
        unnamed.Name = "";
        ModelProto model = Model(["x: f32[n]"], ["b: f32[n]"], unnamed, call);
        model.Functions.Add(function);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "local", Version = 1 });
        Assert.Equal(["", "a", "here/Add"], OnnxReader.Read(model).PostOrder().Select(static op => op.Outputs[0].Source.ModulePath));
    }

    [Fact]
    public void Function_is_inlined_under_its_own_opset_with_the_attributes_of_the_call()
    {
        FunctionProto function = new() { Domain = "local", Name = "Scale", Input = { "x" }, Output = { "y" }, Attribute = { "by" } };
        function.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        NodeProto factor = Node("Constant", [], ["f"]);
        factor.Attribute.Add(new AttributeProto { Name = "value_float", Type = Kind.Float, RefAttrName = "by" });
        function.Node.Add(factor);
        function.Node.Add(Node("Mul", ["x", "f"], ["y"]));
        NodeProto call = Node("Scale", ["a"], ["b"], new AttributeProto { Name = "by", Type = Kind.Float, F = 3 });
        call.Domain = "local";
        ModelProto model = Model(["a: f32[2]"], ["b: f32[2]"], call);
        model.Functions.Add(function);
        Graph graph = OnnxReader.Read(model);
        Assert.DoesNotContain(graph.PostOrder(), static op => op is Opaque);
        RefTensor b = (RefTensor)Evaluator.Run(graph, new Dictionary<string, RefValue> { ["a"] = RefTensor.Floats(DType.F32, [2], [1, -2]) })[0];
        Assert.Equal([3, -6], b.F);
    }

    [Fact]
    public void Function_that_calls_itself_is_refused()
    {
        FunctionProto function = new() { Domain = "local", Name = "Again", Input = { "x" }, Output = { "y" } };
        NodeProto call = Node("Again", ["x"], ["y"]);
        call.Domain = "local";
        function.Node.Add(call);
        ModelProto model = Model(["x: f32[2]"], ["y: f32[2]"], call.Clone());
        model.Functions.Add(function);
        Assert.Equal("TSR0814", Assert.Throws<TesseraException>(() => OnnxReader.Read(model)).Code);
    }

    [Fact]
    public void Sizes_that_are_claimed_under_two_names_may_meet()
    {
        ModelProto model = Model(["a: f32[n, 4]", "b: f32[m, 4]"], ["y: f32[n, 4]"], Node("Add", ["a", "b"], ["y"]));
        Graph graph = OnnxReader.Read(model);
        Assert.IsType<Add>(graph.Outputs[0].Value.Producer);
        Assert.NotEqual(Dim.Sym("n"), graph.Outputs[0].Value.Shape[0]);
        RefTensor y = (RefTensor)Evaluator.Run(graph, new Dictionary<string, RefValue>
        {
            ["a"] = RefTensor.Floats(DType.F32, [1, 4], [1, 2, 3, 4]),
            ["b"] = RefTensor.Floats(DType.F32, [2, 4], [0, 0, 0, 0, 1, 1, 1, 1]),
        })[0];
        Assert.Equal([1, 2, 3, 4, 2, 3, 4, 5], y.F);
    }

    [Fact]
    public void Shape_that_a_run_computes_is_known_to_run()
    {
        ModelProto model = Model(["x: f32[2, 6]", "to: i64[2]"], ["y: f32[a, b]"], Node("Reshape", ["x", "to"], ["y"]));
        Graph graph = OnnxReader.Read(model);
        Assert.IsType<DynamicReshape>(graph.Outputs[0].Value.Producer);
        Dictionary<string, RefValue> inputs = new()
        {
            ["x"] = RefTensor.Floats(DType.F32, [2, 6], [.. Enumerable.Range(0, 12).Select(static i => (double)i)]),
            ["to"] = RefTensor.Ints(DType.I64, [2], [3, -1]),
        };
        Assert.Equal([3, 4], ((RefTensor)Evaluator.Run(graph, inputs)[0]).Dims);
        using OrtRun run = new(OnnxEmitter.Emit(graph).ToBytes());
        Assert.Equal([3, 4], ((RefTensor)run.Run(inputs)[0]).Dims);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(15)]
    public void Sizes_are_computed_by_what_an_old_opset_has(int opset)
    {
        ModelProto model = Model(
            ["x: f32[n, 4]"], ["y: f32[m]", "h: f32[n, 4]"], Node("Size", ["x"], ["count"]), Node("Cast", ["count"], ["y0"], Int("to", 1)),
            Node("Unsqueeze", ["y0"], ["y"], Ints("axes", 0)), Node("Hardmax", ["x"], ["h"]));
        if (opset >= 13)
        {
            model.Graph.Node[2].Attribute.Clear();
            model.Graph.Node[2].Input.Add("zero");
            model.Graph.Node.Insert(0, Node("Constant", [], ["zero"], Ints("value_ints", 0)));
        }

        model.OpsetImport[0].Version = opset;
        Graph graph = OnnxReader.Read(model);
        Graph pinned = graph with
        {
            Outputs = [.. graph.Outputs, new GraphOutput("z", graph.Builder.Emit(Carried(opset, graph.Inputs[0])))],
        };
        EmittedModel written = OnnxEmitter.Emit(pinned);
        Assert.Equal(opset, written.Model.OpsetImport[0].Version);
        using OrtRun run = new(written.ToBytes());
        Dictionary<string, RefValue> inputs = new() { ["x"] = RefTensor.Floats(DType.F32, [3, 4], [.. Enumerable.Range(0, 12).Select(static i => (double)i)]) };
        Assert.Equal([12], ((RefTensor)run.Run(inputs)[0]).F);
    }

    // A node of ai.onnx that is carried through: it pins the opset.
    private static Opaque Carried(int opset, Value x) => new([x])
    {
        Domain = "",
        OpType = "Abs",
        Version = opset,
        Node = Bytes(new NodeProto { OpType = "Abs" }),
        Results = [new TensorType(DType.F32, [Dim.Sym(Opaque.OpenSize), 4])],
        Positions = [0],
        Outlets = [0],
        Id = 1000,
    };

    private static TensorContent Bytes(NodeProto node) => TensorContent.FromBytes(DType.U8, [node.CalculateSize()], node.ToByteArray());

    [Fact]
    public void Name_that_nothing_makes_is_named()
    {
        TesseraException error = Assert.Throws<TesseraException>(() =>
            OnnxReader.Read(Model(["x: f32[2]"], ["y: f32[2]"], Node("Add", ["x", "z"], ["y"]))));
        Assert.Equal("TSR0811", error.Code);
        Assert.Contains("'z'", error.Message, StringComparison.Ordinal);
    }

    private static ModelProto Model(string[] inputs, string[] outputs, params NodeProto[] nodes)
    {
        GraphProto graph = new() { Name = "g" };
        graph.Input.AddRange(inputs.Select(Info));
        graph.Output.AddRange(outputs.Select(Info));
        graph.Node.AddRange(nodes);
        ModelProto model = new() { IrVersion = 10, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 21 });
        return ModelProto.Parser.ParseFrom(model.ToByteArray());
    }

    // "x: f32[n, 4]"
    private static ValueInfoProto Info(string text)
    {
        TensorType type = TypeText.ParseTensor(text.Split(": ")[1]);
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)type.DType, Shape = new TensorShapeProto() };
        tensor.Shape.Dim.AddRange(type.Shape!.Select(static d => d.ConstValue is { } size
            ? new TensorShapeProto.Types.Dimension { DimValue = size }
            : new TensorShapeProto.Types.Dimension { DimParam = d.ToString() }));
        return new ValueInfoProto { Name = text.Split(": ")[0], Type = new TypeProto { TensorType = tensor } };
    }

    private static NodeProto Node(string type, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        NodeProto node = new() { OpType = type, Name = type };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes);
        return node;
    }

    private static AttributeProto Ints(string name, params long[] values) => new() { Name = name, Type = Kind.Ints, Ints = { values } };

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = Kind.Int, I = value };
}
