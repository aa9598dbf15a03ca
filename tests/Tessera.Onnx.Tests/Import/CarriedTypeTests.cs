using Google.Protobuf;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Text;
using Tessera.Onnx.Proto;
using Tessera.Testing.Malformed;
using Xunit;
using Kind = Tessera.Onnx.Proto.AttributeProto.Types.AttributeType;
using Map = Tessera.Onnx.Proto.TypeProto.Types.Map;

namespace Tessera.Onnx.Tests.Import;

/// <summary>Values of types that no op here knows: maps, sparse tensors and what others define pass through.</summary>
public class CarriedTypeTests
{
    private static readonly TypeProto s_maps = new()
    {
        SequenceType = new TypeProto.Types.Sequence
        {
            ElemType = new TypeProto { MapType = new Map { KeyType = (int)DType.I64, ValueType = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1 } } } },
        },
    };

    [Fact]
    public void Maps_that_a_model_gives_are_carried_and_compared()
    {
        ModelProto model = Zipped(5, 7, 9);
        Graph graph = OnnxReader.Read(model);
        Assert.Equal("seq<map<i64, f32[*]>>", graph.Outputs[0].Value.Type.ToString());
        Assert.Equal(Printer.Print(graph), Printer.Print(Parser.Parse(Printer.Print(graph))));
        byte[] written = OnnxEmitter.Emit(graph).ToBytes();
        Assert.Equal(s_maps, ModelProto.Parser.ParseFrom(written).Graph.Output[0].Type);

        InputCase[] cases = [new("rows", new Dictionary<string, RefValue> { ["x"] = RefTensor.Floats(DType.F32, [2, 3], [1, 2, 3, -4, -5, -6]) })];
        Assert.Equal((null, null), Outcome(model, written, cases));
        (string? difference, _) = Outcome(model, Zipped(5, 7, 8).ToByteArray(), cases);
        Assert.Contains("element 2 of i64[3]", difference, StringComparison.Ordinal);
    }

    [Fact]
    public void Maps_sparse_tensors_and_foreign_types_that_a_model_takes_are_carried()
    {
        TypeProto[] types =
        [
            s_maps,
            new() { SparseTensorType = new TypeProto.Types.SparseTensor { ElemType = 1, Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "n" } } } } },
            new() { OpaqueType = new TypeProto.Types.Opaque { Domain = "org \"x\"", Name = "Thing\\" } },
        ];
        ModelProto model = Protos.Model(Protos.Node("Mystery", "x i0 i1 i2", "y"));
        model.Graph.Input.AddRange(types.Select(static (t, i) => new ValueInfoProto { Name = $"i{i}", Type = t }));
        Graph graph = OnnxReader.Read(model);
        Assert.Equal(Printer.Print(graph), Printer.Print(Parser.Parse(Printer.Print(graph))));
        Assert.Equal(types, OnnxEmitter.Emit(graph).Model.Graph.Input.Skip(1).Select(static i => i.Type));
    }

    private static (string? Difference, string? Refused) Outcome(ModelProto original, byte[] other, InputCase[] cases)
    {
        ComparedCase result = Assert.Single(ModelComparison.Run(original.ToByteArray(), other, cases, ModelComparison.Tolerance));
        return (result.Difference, result.Refused);
    }

    private static ModelProto Zipped(params long[] labels)
    {
        NodeProto zip = Protos.Node("ZipMap", "x", "y", new AttributeProto { Name = "classlabels_int64s", Type = Kind.Ints, Ints = { labels } });
        zip.Domain = "ai.onnx.ml";
        ModelProto model = Protos.Model(zip);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 3 });
        model.Graph.Output[0].Type = s_maps;
        return model;
    }
}
