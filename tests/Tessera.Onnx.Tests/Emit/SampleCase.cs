using Tessera.Ir;
using Tessera.Testing;
using Xunit.Abstractions;

namespace Tessera.Onnx.Tests.Emit;

/// <summary>One sample of one op, by name, so that each is a test of its own.</summary>
public sealed class SampleCase : IXunitSerializable
{
    public SampleCase()
        : this("", "")
    {
    }

    private SampleCase(string op, string sample) => (Op, Name) = (op, sample);

    /// <summary>Ops that stand for something outside a model, or still lack a body of standard ops. The list only shrinks.</summary>
    public static IReadOnlyList<string> Formless { get; } = [];

    public string Op { get; private set; }

    public string Name { get; private set; }

    public static IEnumerable<object[]> All() =>
        from schema in OpRegistry.All
        where schema.Samples is not null && !Formless.Contains(schema.Name)
        from sample in schema.Samples!()
        select new object[] { new SampleCase(schema.Name, sample.Name) };

    public OpSample Sample => OpRegistry.Find(Op)!.Samples!().Single(s => s.Name == Name);

    public Graph Graph() => SampleInputs.Graph(Sample);

    public void Serialize(IXunitSerializationInfo info)
    {
        info.AddValue("op", Op);
        info.AddValue("sample", Name);
    }

    public void Deserialize(IXunitSerializationInfo info) => (Op, Name) = (info.GetValue<string>("op"), info.GetValue<string>("sample"));

    public override string ToString() => $"{Op}: {Name}";
}
