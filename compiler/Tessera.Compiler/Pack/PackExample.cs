using Tessera.Ir.Evaluate;

namespace Tessera.Compiler.Pack;

/// <summary>One example that a model is tried on.</summary>
/// <param name="Sizes">Value of each size of its inputs.</param>
/// <param name="Values">Its inputs, masks not among them.</param>
internal sealed record PackExample(IReadOnlyDictionary<string, long> Sizes, IReadOnlyDictionary<string, RefTensor> Values);
