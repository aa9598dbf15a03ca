namespace Tessera.Compiler.Bench;

/// <summary>How long runs of a model take.</summary>
/// <param name="Model">Its file.</param>
/// <param name="Milliseconds">Of a run: inputs and results lie in the host's memory, on a device copies of them are part of it.</param>
public sealed record ModelTimes(string Model, Quartiles Milliseconds);
