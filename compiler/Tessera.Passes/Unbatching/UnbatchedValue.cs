using Tessera.Ir;

namespace Tessera.Passes.Unbatching;

/// <summary>A value of a batched model that is each example's own.</summary>
/// <param name="What">The op that makes it.</param>
/// <param name="Batched">The value.</param>
/// <param name="One">What it is for one example.</param>
/// <param name="Axis">Axis along which examples lie.</param>
/// <param name="Inner">Length of one example's part of that axis; of length 1, one example has no such axis.</param>
public sealed record UnbatchedValue(string What, Value Batched, Value One, int Axis, Dim Inner);
