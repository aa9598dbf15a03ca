using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx.Tests.Files;

/// <summary>y = x + w0 + w1 + …, over vectors whose size is that of the weights.</summary>
internal sealed record SampleModel(ModelProto Model, PendingWeight[] Weights)
{
    public static SampleModel Of(params WeightSource[] weights)
    {
        var graph = new GraphProto { Name = "main" };
        graph.Input.Add(Info("x", weights[0]));
        graph.Output.Add(Info("y", weights[0]));
        List<PendingWeight> pending = [];
        for (var i = 0; i < weights.Length; i++)
        {
            var tensor = new TensorProto { Name = $"w{i}", DataType = (int)weights[i].DType, Dims = { weights[i].Dims } };
            graph.Initializer.Add(tensor);
            pending.Add(new PendingWeight(tensor, weights[i]));
            var (from, to) = (i == 0 ? "x" : $"s{i - 1}", i == weights.Length - 1 ? "y" : $"s{i}");
            graph.Node.Add(new NodeProto { Name = $"add{i}", OpType = "Add", Input = { from, tensor.Name }, Output = { to } });
        }

        return new(new ModelProto { IrVersion = 10, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 21 } }, Graph = graph }, [.. pending]);
    }

    /// <summary>Sizes from 4 bytes to 300 kB, so that all alignments occur.</summary>
    public static WeightSource Counting(params long[] dims) => new GeneratedWeightSource(DType.F32, dims, static (first, values) =>
    {
        for (var i = 0; i < values.Length; i++) values[i] = first + i;
    });

    private static ValueInfoProto Info(string name, WeightSource like)
    {
        var shape = new TensorShapeProto();
        foreach (var dim in like.Dims) shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = dim });
        return new() { Name = name, Type = new TypeProto { TensorType = new() { ElemType = (int)like.DType, Shape = shape } } };
    }
}
