// The package has types for its index only, which brings the encoder along.
declare module "jpeg-js/lib/decoder.js" {
  import { decode } from "jpeg-js";

  export default decode;
}
