namespace Tessera.Fuzz;

internal static class Mutants
{
    public static int Run(int seed, TimeSpan time, string? folder) => 0;
}
