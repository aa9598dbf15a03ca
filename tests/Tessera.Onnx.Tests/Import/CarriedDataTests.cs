using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using Tessera.Onnx.Tests.Files;
using Xunit;

namespace Tessera.Onnx.Tests.Import;

/// <summary>What a carried node needs of files beside its model is taken in: the model may be written elsewhere.</summary>
public class CarriedDataTests
{
    [Fact]
    public void External_data_of_a_carried_node_is_taken_in()
    {
        using TempFolder folder = new();
        folder.Write("data.bin", [1, 2, 3, 4]);
        TensorProto tensor = new() { DataType = (int)DType.U8, Dims = { 4 }, DataLocation = TensorProto.Types.DataLocation.External };
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "data.bin" });
        GraphProto inner = new() { Name = "inner", Initializer = { tensor.Clone() }, Output = { new ValueInfoProto { Name = "w" } } };
        inner.Initializer[0].Name = "w";
        NodeProto node = new() { OpType = "Unknown", Domain = "org.example", Input = { "x" }, Output = { "y" } };
        node.Attribute.Add(new AttributeProto { Name = "table", Type = AttributeProto.Types.AttributeType.Tensor, T = tensor });
        node.Attribute.Add(new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = inner });
        ModelProto model = new() { IrVersion = 8, Graph = new GraphProto { Name = "g", Node = { node }, Input = { Info("x") }, Output = { Info("y") } } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 18 });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "org.example", Version = 1 });
        string path = folder.Write("model.onnx", model.ToByteArray());

        using LoadedModel loaded = ModelFile.Load(path);
        NodeProto written = OnnxEmitter.Emit(OnnxReader.Read(loaded)).Model.Graph.Node[0];
        Assert.All([written.Attribute[0].T, written.Attribute[1].G.Initializer[0]], static t =>
        {
            Assert.Equal([1, 2, 3, 4], t.RawData.ToByteArray());
            Assert.False(t.HasDataLocation);
            Assert.Empty(t.ExternalData);
        });
    }

    private static ValueInfoProto Info(string name) =>
        new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DType.F32 } } };
}
