export default function Pipeline() {
  return null;
}
