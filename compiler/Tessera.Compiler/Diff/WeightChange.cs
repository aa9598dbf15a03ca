namespace Tessera.Compiler.Diff;

/// <summary>A weight or constant whose counterpart has other content.</summary>
/// <param name="First">Its path in the first model, or the place of the constant.</param>
/// <param name="Second">That in the second.</param>
/// <param name="FirstType">Its type in the first model.</param>
/// <param name="SecondType">That in the second; where the types differ, elements are not compared.</param>
/// <param name="Elements">Number of elements; 0 where they are not compared.</param>
/// <param name="Differing">How many of them differ.</param>
/// <param name="Largest">Largest |Δ| of numbers; NaN where one is NaN and the other is not, or where elements are no numbers.</param>
public sealed record WeightChange(
    string First, string Second, string FirstType, string SecondType, long Elements, long Differing, double Largest);
