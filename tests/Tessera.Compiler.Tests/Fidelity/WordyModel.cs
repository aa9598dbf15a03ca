using Tessera.Onnx.Proto;
using static Tessera.Compiler.Tests.Conformance.Forms.Form;

namespace Tessera.Compiler.Tests.Fidelity;

/// <summary>A model that says something of everything it may: words, metadata, how to train it, how its tensors are quantised.</summary>
internal static class WordyModel
{
    public static ModelProto Make()
    {
        GraphProto graph = new() { Name = "the graph", DocString = "graph words" };
        graph.MetadataProps.Add(Pair("graph key", "graph value"));
        graph.Input.Add(Info("x", 2, 3));
        graph.Input[0].DocString = "input words";
        graph.Input[0].Type.Denotation = "TENSOR";
        graph.Input[0].Type.TensorType.Shape.Dim[0].Denotation = "DATA_BATCH";
        graph.Input.Add(new ValueInfoProto { Name = "flag", Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Bool, Shape = new TensorShapeProto() } } });
        graph.Output.Add(Info("y", 2, 3));
        graph.Output[0].MetadataProps.Add(Pair("output key", "output value"));
        graph.Output.Add(Info("z", 2, 3));
        graph.Initializer.Add(Tensor("w", 3, 1, 2, 3));
        graph.Initializer[0].DocString = "weight words";
        graph.Initializer[0].MetadataProps.Add(Pair("weight key", "weight value"));
        graph.Initializer.Add(Tensor("scale of h", 1, 0.5f));
        NodeProto sum = Node("first node", "Add", ["x", "w"], ["h"], "node words", Pair("node key", "node value"));
        NodeProto leaky = Node("the leaky one", "LeakyRelu", ["h"], ["k"], "");
        leaky.Attribute.Add(A("alpha", 0.25));
        leaky.Attribute[0].DocString = "attribute words";
        NodeProto branch = Node("choice", "If", ["flag"], ["y"], "if words");
        branch.Attribute.Add(A("then_branch", Branch("then", "Neg")));
        branch.Attribute.Add(A("else_branch", Branch("else", "Tanh")));
        graph.Node.AddRange([sum, leaky, branch, new NodeProto { Name = "the call", Domain = "own", OpType = "Twice", Input = { "k" }, Output = { "z" } }]);
        graph.ValueInfo.Add(Info("k", 2, 3));
        graph.ValueInfo[0].DocString = "value words";
        graph.ValueInfo[0].MetadataProps.Add(Pair("value key", "value value"));
        graph.QuantizationAnnotation.Add(new TensorAnnotation { TensorName = "h", QuantParameterTensorNames = { Pair("SCALE_TENSOR", "scale of h") } });
        graph.QuantizationAnnotation.Add(new TensorAnnotation { TensorName = "w", QuantParameterTensorNames = { Pair("SCALE_TENSOR", "nothing") } });
        ModelProto model = new() { IrVersion = 10, Graph = graph, DocString = "model words", Domain = "org.example", ModelVersion = 7 };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 21 });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "own", Version = 1 });
        model.MetadataProps.Add(Pair("model key", "model value"));
        model.TrainingInfo.Add(Training("w"));
        model.Functions.Add(Twice());
        return model;
    }

    /// <summary>Training that sets a weight of the model.</summary>
    public static TrainingInfoProto Training(string weight)
    {
        GraphProto step = new() { Name = "a step", DocString = "step words" };
        step.Node.Add(new NodeProto { Name = "decay", OpType = "Add", Input = { weight, weight }, Output = { "more" } });
        step.Output.Add(Info("more", 3));
        return new TrainingInfoProto { Algorithm = step, UpdateBinding = { Pair(weight, "more") } };
    }

    public static StringStringEntryProto Pair(string key, string value) => new() { Key = key, Value = value };

    public static NodeProto Node(string name, string op, string[] inputs, string[] outputs, string words, params StringStringEntryProto[] pairs)
    {
        NodeProto node = new() { OpType = op, Input = { inputs }, Output = { outputs }, MetadataProps = { pairs } };
        if (name.Length > 0)
        {
            node.Name = name;
        }

        if (words.Length > 0)
        {
            node.DocString = words;
        }

        return node;
    }

    private static FunctionProto Twice()
    {
        FunctionProto function = new() { Domain = "own", Name = "Twice", DocString = "function words", Input = { "a" }, Output = { "b" } };
        function.OpsetImport.Add(new OperatorSetIdProto { Version = 21 });
        function.Node.Add(Node("inner", "Exp", ["a"], ["e"], "inner words", Pair("inner key", "inner value")));
        function.Node.Add(Node("outer", "Sin", ["e"], ["b"], ""));
        function.ValueInfo.Add(Info("e", 2, 3));
        function.ValueInfo[0].DocString = "function value words";
        return function;
    }

    private static GraphProto Branch(string name, string op)
    {
        GraphProto graph = new() { Name = $"{name} graph", DocString = $"{name} words" };
        graph.MetadataProps.Add(Pair($"{name} key", "branch value"));
        graph.Node.Add(Node($"{name} node", op, ["k"], [$"{name} inner"], $"{name} node words"));
        graph.Node.Add(Node($"{name} last", "Cos", [$"{name} inner"], [$"{name} out"], ""));
        graph.Output.Add(Info($"{name} out", 2, 3));
        graph.Output[0].DocString = $"{name} output words";
        graph.ValueInfo.Add(Info($"{name} inner", 2, 3));
        graph.ValueInfo[0].DocString = $"{name} value words";
        return graph;
    }

    private static TensorProto Tensor(string name, long size, params float[] values) =>
        new() { Name = name, DataType = (int)TensorProto.Types.DataType.Float, Dims = { size }, FloatData = { values } };

    public static ValueInfoProto Info(string name, params long[] dims)
    {
        TensorShapeProto shape = new();
        shape.Dim.AddRange(dims.Select(static d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape } } };
    }
}
