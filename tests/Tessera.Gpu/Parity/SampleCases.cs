using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Testing;

namespace Tessera.Gpu.Parity;

/// <summary>The samples of an op at each of their sizes; experts as inputs of the model and as constants in it.</summary>
internal static class SampleCases
{
    public static IEnumerable<ParityCase> Of(string op, OpSchema schema)
    {
        foreach (OpSample sample in schema.Samples?.Invoke() ?? [])
        {
            for (int i = 0; i < sample.Sizes.Count; i++)
            {
                string name = sample.Sizes.Count > 1 ? $"sample {sample.Name}, sizes {i}" : $"sample {sample.Name}";
                Graph graph = SampleInputs.Graph(sample);
                ParityCase given = new(op, name, graph, SampleInputs.For(sample, graph, sample.Sizes[i])) { Weights = SampleInputs.Weights(sample, graph, sample.Sizes[i]) };

                // Elements of 4 bits are constants alone: ONNX Runtime's managed interface takes no tensors of them.
                if (given.Inputs.Values.All(static v => v is RefTensor tensor && tensor.DType.Bits() >= 8))
                {
                    yield return given;
                }

                if (TesseraSchemas.Of(graph) is GroupedMlp experts)
                {
                    yield return given with { Name = name + ", constant experts", Constants = ParityCases.Experts(experts) };
                }
            }
        }
    }
}
