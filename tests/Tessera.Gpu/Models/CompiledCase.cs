using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Nn;
using Tessera.Nn.Weights;
using Tessera.Onnx;

namespace Tessera.Gpu.Models;

/// <summary>
/// A model as a device runs it, and the one in f32 that it is held against. Both have the same weights, those of the compute type, so that what is
/// between them is error of the computation alone.
/// </summary>
internal sealed class CompiledCase
{
    public CompiledCase(ModelCase c)
    {
        Module module = c.Make();
        WeightSet weights = Made(WeightSet.FromSeed(ModelCompiler.Slots(module, c.Type), seed: 1));
        Graph compiled = Compile(module, c.Type, weights);
        Graph = RouteCut.Shown(compiled);
        Reference = RouteCut.Given(c.Type == DType.F32 ? compiled : Compile(module, DType.F32, weights));
        Model = Emit(Graph);
    }

    /// <summary>What runs on the device; it also gives out where tokens were sent.</summary>
    public Graph Graph { get; }

    public byte[] Model { get; }

    /// <summary>In f32, tokens sent where it is told.</summary>
    public Graph Reference { get; }

    public static byte[] Emit(Graph graph) => OnnxEmitter.Emit(graph, new EmitOptions()).ToBytes();

    private static Graph Compile(Module module, DType type, WeightSet weights) =>
        ModelCompiler.Compile(module, new CompileOptions { Batch = Batching.Packed, DType = type, Weights = weights }).Graph;

    // Numbers of a seed are made whenever they are read; here they are made once.
    private static WeightSet Made(WeightSet weights)
    {
        KeyValuePair<string, WeightSource>[] made = [.. weights];
        Parallel.For(0, made.Length, i =>
        {
            byte[] bytes = new byte[made[i].Value.ByteLength];
            made[i].Value.Read(0, bytes);
            made[i] = KeyValuePair.Create<string, WeightSource>(made[i].Key, new MemoryWeightSource(made[i].Value.DType, made[i].Value.Dims, bytes));
        });
        return new WeightSet(weights.Origin, made);
    }
}
