export async function hostTests() {
  return [];
}
