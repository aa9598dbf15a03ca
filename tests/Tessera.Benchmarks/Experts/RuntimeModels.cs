using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using Kind = Tessera.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Tessera.Benchmarks.Experts;

/// <summary>Models of one node of ONNX Runtime's own, <c>MoE</c> or <c>QMoE</c>, their stacks <c>[E, out, in]</c> in a file beside them.</summary>
internal sealed class RuntimeModels : IDisposable
{
    private readonly string _file;
    private readonly Stream _stream;
    private readonly GraphProto _graph = new() { Name = "moe" };

    private RuntimeModels(string path)
    {
        _file = Path.GetFileName(path) + ".bin";
        _stream = File.Create(path + ".bin");
    }

    public void Dispose() => _stream.Dispose();

    public static void WriteMoe(string path, ExpertLayer layer, int k)
    {
        using RuntimeModels model = new(path);
        model.Stack("w1", DType.F32, [layer.Experts, layer.Hidden, ExpertLayer.Size], layer.W1.Select(w => Bytes(Turned(w, ExpertLayer.Size, layer.Hidden))));
        model.Stack("w2", DType.F32, [layer.Experts, ExpertLayer.Size, layer.Hidden], layer.W2.Select(w => Bytes(Turned(w, layer.Hidden, ExpertLayer.Size))));
        model.Write(path, layer.Experts, "MoE", ["x", "logits", "w1", "", "w2"], Int("k", k));
    }

    public static void WriteNarrow(string path, NarrowLayer layer, int k)
    {
        (int experts, int hidden) = (layer.Wide.Experts, layer.Wide.Hidden);
        using RuntimeModels model = new(path);
        model.Stack("w1", DType.U8, [experts, hidden, ExpertLayer.Size / 2], layer.W1.Select(static w => w.ByColumn()));
        model.Stack("s1", DType.F32, [experts, hidden, ExpertLayer.Size / NarrowLayer.Block], layer.W1.Select(static w => Bytes(w.ScalesByColumn())));
        model.Stack("w2", DType.U8, [experts, ExpertLayer.Size, hidden / 2], layer.W2.Select(static w => w.ByColumn()));
        model.Stack("s2", DType.F32, [experts, ExpertLayer.Size, hidden / NarrowLayer.Block], layer.W2.Select(static w => Bytes(w.ScalesByColumn())));
        model.Write(
            path, experts, "QMoE", ["x", "logits", "w1", "s1", "", "w2", "s2"], Int("k", k), Int("expert_weight_bits", 4), Int("block_size", NarrowLayer.Block));
    }

    private void Write(string path, int experts, string op, string[] inputs, params AttributeProto[] attributes)
    {
        NodeProto node = new() { OpType = op, Domain = "com.microsoft", Output = { "y" } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        node.Attribute.Add(Int("normalize_routing_weights", 1));
        node.Attribute.Add(new AttributeProto { Name = "activation_type", Type = Kind.String, S = ByteString.CopyFromUtf8("gelu") });
        _graph.Node.Add(node);
        _graph.Input.Add(Info("x", ExpertLayer.Size));
        _graph.Input.Add(Info("logits", experts));
        _graph.Output.Add(Info("y", ExpertLayer.Size));
        ModelProto model = new() { IrVersion = 10, Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 21 });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        File.WriteAllBytes(path, model.ToByteArray());
    }

    private void Stack(string name, DType dtype, long[] dims, IEnumerable<byte[]> experts)
    {
        long offset = _stream.Position;
        foreach (byte[] expert in experts)
        {
            _stream.Write(expert);
        }

        TensorProto tensor = new() { Name = name, DataType = (int)dtype, Dims = { dims }, DataLocation = TensorProto.Types.DataLocation.External };
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = _file });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset.ToString(CultureInfo.InvariantCulture) });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = (_stream.Position - offset).ToString(CultureInfo.InvariantCulture) });
        _graph.Initializer.Add(tensor);
    }

    private static float[] Turned(float[] w, int rows, int columns)
    {
        float[] turned = new float[w.Length];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                turned[(c * rows) + r] = w[(r * columns) + c];
            }
        }

        return turned;
    }

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = Kind.Int, I = value };

    private static ValueInfoProto Info(string name, long columns)
    {
        TensorShapeProto shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "t" }, new TensorShapeProto.Types.Dimension { DimValue = columns } } };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DType.F32, Shape = shape } } };
    }
}
