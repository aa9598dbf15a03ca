namespace Tessera.Passes;

/// <summary>What one pass did.</summary>
/// <param name="Pass">Its name.</param>
/// <param name="Time">Wall time.</param>
/// <param name="OpsBefore">Ops of the graph before it.</param>
/// <param name="OpsAfter">Ops of the graph after it.</param>
/// <param name="Changed">Whether any output is another value now.</param>
public sealed record PassReport(string Pass, TimeSpan Time, int OpsBefore, int OpsAfter, bool Changed);
